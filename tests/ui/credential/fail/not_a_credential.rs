//! `Credentials<T>` extracts a credential.

use inject_runtime::{Credentials, inject};

pub struct Token(String);

#[derive(Clone)]
pub struct CurrentUser(String);

#[inject]
pub fn current_user(Credentials(token): Credentials<Token>) -> CurrentUser {
    CurrentUser(token.0)
}

fn main() {}
