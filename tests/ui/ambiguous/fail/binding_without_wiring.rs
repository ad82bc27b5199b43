//! An implementation has wiring.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Mailer: Send + Sync {}

struct SmtpMailer;

impl Mailer for SmtpMailer {}

#[container]
struct App {
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
}

fn main() {}
