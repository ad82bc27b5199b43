//! Port for sending mails.

use inject_runtime::repository;

use super::BoxFuture;

/// Mail to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Address of the recipient.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Text of the mail.
    pub text: String,
}

/// Port that sends mails. A stereotype attribute on a trait puts `dyn Mailer` into that layer: services may depend on it,
/// and it may be bound to the adapter, which is infrastructure.
#[repository]
pub trait Mailer: Send + Sync {
    /// Sends a mail.
    ///
    /// # Errors
    ///
    /// Returns an error if the mail cannot be sent.
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>>;
}

/// Error returned when a mail cannot be sent.
#[derive(Debug, thiserror::Error)]
#[error("mail to {to:?} cannot be sent")]
pub struct MailError {
    /// Address of the recipient.
    pub to: String,
    /// Cause of the failure.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}
