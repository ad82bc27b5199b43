//! An endpoint has no generic parameters.

use inject_runtime::get;

#[get("/", public)]
pub async fn index<T: Send>(_body: T) -> &'static str {
    "hello"
}

fn main() {}
