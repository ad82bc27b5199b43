//! A missing dependency of an implementation is reported at its binding.

use std::sync::Arc;

use inject_runtime::{container, in_layer, layer::Common, service};

#[in_layer(Common)]
struct Settings;

#[service]
trait Mailer: Send + Sync {}

#[service]
struct SmtpMailer {
    settings: Arc<Settings>,
}

impl Mailer for SmtpMailer {}

#[container]
struct App {
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
}

fn main() {}
