//! An endpoint is a free function.

use inject_runtime::get;

pub struct Pages;

impl Pages {
    #[get("/", public)]
    pub async fn index(&self) -> &'static str {
        "hello"
    }
}

fn main() {}
