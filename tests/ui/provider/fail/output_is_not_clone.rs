//! The output of a cached provider is `Clone`.

use inject_runtime::inject;

pub struct CurrentUser;

#[inject]
pub async fn current_user() -> CurrentUser {
    CurrentUser
}

fn main() {}
