//! A provider is a free function.

use inject_runtime::inject;

pub struct Auth;

#[derive(Clone)]
pub struct CurrentUser;

impl Auth {
    #[inject]
    pub async fn current_user(&self) -> CurrentUser {
        CurrentUser
    }
}

fn main() {}
