//! A binding implements the trait.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Mailer: Send + Sync {}

#[service]
struct SmtpMailer;

#[container]
struct App {
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
}

fn main() {}
