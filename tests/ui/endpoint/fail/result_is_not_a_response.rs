//! An endpoint returns a response.

use inject_runtime::get;

pub struct User;

#[get("/", public)]
pub async fn index() -> User {
    User
}

fn main() {}
