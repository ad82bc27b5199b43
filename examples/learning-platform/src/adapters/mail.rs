//! Mail.

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

/// Sends nothing: writes to the log what it would have sent. One that speaks SMTP takes its place in `app`, and nowhere else.
#[infrastructure]
pub struct ConsoleMailer {
    settings: Arc<MailSettings>,
}

impl Mailer for ConsoleMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(ready(deliverable(mail).map(|Mail { to, subject, text }| {
            // `?` quotes what users wrote: a line break in a name does not make a line in the log.
            tracing::info!(from = %self.settings.sender, ?to, ?subject, ?text, "a mail, which this mailer only writes down");
        })))
    }
}

/// Keeps it to itself, for tests.
#[infrastructure]
pub struct RecordingMailer {
    #[init]
    sent: Mutex<Vec<Mail>>,
}

impl RecordingMailer {
    /// What has been sent so far.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Mailer for RecordingMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(ready(deliverable(mail).map(|mail| {
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
        })))
    }
}

/// The addresses that a server would take are known to it alone. This keeps out what is none, and what would be a second header.
fn deliverable(mail: Mail) -> Result<Mail, MailError> {
    let problem = match mail.to.split_once('@') {
        _ if mail.to.chars().any(|it| it.is_whitespace() || it.is_control()) => {
            "the address has a space in it"
        }
        _ if mail.subject.chars().any(char::is_control) => "the subject has a line break in it",
        Some((name, domain)) if !name.is_empty() && !domain.is_empty() => return Ok(mail),
        _ => "the address is not of the form name@domain",
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
    async fn what_is_sent_is_recorded() {
        let mailer = RecordingMailer::new();
        mailer.send(mail("ada@example.org", "Hello")).await.unwrap();
        assert_eq!(mailer.sent(), [mail("ada@example.org", "Hello")]);
    }

    #[tokio::test]
    async fn what_cannot_be_delivered_is_not_sent() {
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
