//! An endpoint runs on any thread.

use std::rc::Rc;

use inject_runtime::get;

async fn wait() {}

#[get("/count", public)]
pub async fn count() -> String {
    let count = Rc::new(3);
    wait().await;
    count.to_string()
}

fn main() {}
