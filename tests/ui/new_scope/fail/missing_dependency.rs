//! The container has what the value of a new scope depends on.

use std::sync::Arc;

use inject_runtime::{BackgroundTasks, BoxError, Inject, NewScope, Routes, common, container, post, routes, service};

#[common]
pub trait Clock: Send + Sync {}

#[service(scope = request)]
pub struct Mails {
    clock: Inject<Arc<dyn Clock>>,
}

#[post("/accounts", public)]
pub async fn open_account(tasks: BackgroundTasks, mails: NewScope<Mails>) {
    tasks.add_scoped("welcome mail", mails, async |_mails| Ok::<_, BoxError>(()));
}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![open_account]
}

fn main() {}
