//! A cycle through a binding is a cycle.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Mailer: Send + Sync {}

#[service]
struct SmtpMailer {
    signup: Arc<Signup>,
}

impl Mailer for SmtpMailer {}

#[service]
struct Signup {
    mailer: Arc<dyn Mailer>,
}

#[container]
struct App {
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
    signup: Arc<Signup>,
}

fn main() {}
