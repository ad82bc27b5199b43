//! Mailers.

use std::{
    future::ready,
    sync::{Arc, Mutex, PoisonError},
};

use inject_runtime::infrastructure;

use crate::{
    config::MailSettings,
    services::{
        BoxFuture,
        mailer::{Mail, MailError, Mailer},
    },
};

/// Mailer that writes mails to the log instead of sending them. To send mails by SMTP, replace its binding in `app`;
/// no other code changes.
#[infrastructure]
pub struct ConsoleMailer {
    settings: Arc<MailSettings>,
}

impl Mailer for ConsoleMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(ready(validate(mail).map(|Mail { to, subject, text }| {
            // `?` escapes user input: a line break in a name cannot start a new line in the log.
            tracing::info!(from = %self.settings.sender, ?to, ?subject, ?text, "mail (logged, not sent)");
        })))
    }
}

/// Mailer that records the mails, for tests.
#[infrastructure]
pub struct RecordingMailer {
    #[init]
    sent: Mutex<Vec<Mail>>,
}

impl RecordingMailer {
    /// Returns the mails that were sent so far.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Mailer for RecordingMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(ready(validate(mail).map(|mail| {
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
        })))
    }
}

/// Rejects malformed addresses, and line breaks that would inject another header. Only the mail server can check
/// whether an address exists.
fn validate(mail: Mail) -> Result<Mail, MailError> {
    let problem = match mail.to.split_once('@') {
        _ if mail.to.chars().any(|character| character.is_whitespace() || character.is_control()) => {
            "the address contains whitespace or a control character"
        }
        _ if mail.subject.chars().any(char::is_control) => "the subject contains a control character",
        Some((name, domain)) if !name.is_empty() && !domain.is_empty() => return Ok(mail),
        _ => "the address does not have the form name@domain",
    };
    Err(MailError { to: mail.to, source: problem.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        Mail { to: to.to_owned(), subject: subject.to_owned(), text: "Welcome!".to_owned() }
    }

    #[tokio::test]
    async fn sent_mails_are_recorded() {
        let mailer = RecordingMailer::new();
        mailer.send(mail("ada@example.org", "Hello")).await.unwrap();
        assert_eq!(mailer.sent(), [mail("ada@example.org", "Hello")]);
    }

    #[tokio::test]
    async fn invalid_mails_are_rejected() {
        let mailer = RecordingMailer::new();
        for (to, subject) in [
            ("ada", "Hello"),
            ("@example.org", "Hello"),
            ("ada@", "Hello"),
            ("ada@example.org\r\nBcc: eve@example.org", "Hello"),
            ("ada@example.org", "Hello\r\nBcc: eve@example.org"),
        ] {
            let error = mailer.send(mail(to, subject)).await.unwrap_err();
            assert_eq!(error.to, to);
        }
        assert_eq!(mailer.sent(), []);
    }
}
