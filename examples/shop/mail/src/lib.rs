//! The mail of the shop: two adapters for the port [`Mailer`], and the settings that choose one.
//!
//! Only the application knows this crate. Another adapter, such as one over SMTP, is another component here, and another arm of the
//! `match` in its container.

use std::{path::PathBuf, sync::Arc};

use inject_runtime::{in_layer, infrastructure, layer::Common};
use shop_orders::{Mail, Mailer, Sending};
use tokio::{fs::OpenOptions, io::AsyncWriteExt as _};

/// Kind of the mailer.
#[derive(Clone, Copy, Debug)]
pub enum MailKind {
    /// [`ConsoleMailer`]
    Console,
    /// [`FileMailer`]
    File,
}

/// Settings of the mail.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Adapter that sends mails.
    pub kind: MailKind,
    /// File to which the [`FileMailer`] appends.
    pub file: PathBuf,
}

/// Returns the kind that the settings choose.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the parameters of a function of the container are injected, as owned values"
)]
pub fn mail_kind(settings: Arc<MailSettings>) -> MailKind {
    settings.kind
}

/// Mailer that writes to the log.
#[infrastructure]
pub struct ConsoleMailer;

impl Mailer for ConsoleMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        // `?` escapes user input: a line break in an address cannot start a new line in the log.
        tracing::info!(to = ?mail.to, text = ?mail.text, "mail");
        Box::pin(async { Ok(()) })
    }
}

/// Mailer that appends a line to a file for each mail.
#[infrastructure]
pub struct FileMailer {
    settings: Arc<MailSettings>,
}

impl Mailer for FileMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        let line = format!("{:?} {:?}\n", mail.to, mail.text);
        Box::pin(async move {
            let mut file = OpenOptions::new().append(true).create(true).open(&self.settings.file).await?;
            file.write_all(line.as_bytes()).await?;
            file.flush().await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_is_one_line() {
        let file = std::env::temp_dir().join(format!("shop-mail-{}.log", std::process::id()));
        let mailer = FileMailer::new(Arc::new(MailSettings { kind: MailKind::File, file: file.clone() }));
        let mail = Mail { to: "ada@example.org\nBcc: eve@example.org".to_owned(), text: "hello".to_owned() };
        mailer.send(&mail).await.unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(text, "\"ada@example.org\\nBcc: eve@example.org\" \"hello\"\n");
    }
}
