//! A task ends with nothing, or with a `Result`.

use inject_runtime::{BackgroundTasks, NewScope, post, service};

#[service(scope = request)]
pub struct Mails {}

#[post("/accounts", public)]
pub async fn open_account(tasks: BackgroundTasks, mails: NewScope<Mails>) {
    tasks.add_scoped("welcome mail", mails, async |_mails| true);
}

fn main() {}
