//! An endpoint takes ports through `Inject`.

use std::sync::Arc;

use inject_runtime::{Routes, container, get, routes, service};

#[service]
pub trait Mailer: Send + Sync {}

#[service]
pub struct SmtpMailer;

impl Mailer for SmtpMailer {}

#[get("/mail", public)]
pub async fn mail(_mailer: Arc<dyn Mailer>) {}

pub fn all() -> Routes<App> {
    routes![mail]
}

#[container]
pub struct App {
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
}

fn main() {}
