//! A port: mail that is to be sent, and not how.

use inject_runtime::service;

use super::BoxFuture;

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// About what.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Sends mail. A stereotype on a trait puts `dyn Mailer` in that layer, so that services may depend on it.
#[service]
pub trait Mailer: Send + Sync {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// It cannot be sent.
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>>;
}

/// A mail could not be sent.
#[derive(Debug, thiserror::Error)]
#[error("mail to {to:?} cannot be sent")]
pub struct MailError {
    /// To whom it should go.
    pub to: String,
    /// Why.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}
