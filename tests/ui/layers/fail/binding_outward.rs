//! A port is not bound to a component of a layer that its own layer may not depend on.

use std::sync::Arc;

use inject_runtime::{container, infrastructure, service};

#[service]
trait Mailer: Send + Sync {}

#[infrastructure]
struct SmtpMailer;

impl Mailer for SmtpMailer {}

#[container]
struct App {
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
}

fn main() {}
