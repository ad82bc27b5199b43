//! `Credentials<T>` extracts a credential.

use inject_runtime::{Credentials, Routes, container, get, inject, routes};

pub struct Token(String);

#[derive(Clone)]
pub struct CurrentUser(String);

#[inject]
pub fn current_user(Credentials(token): Credentials<Token>) -> CurrentUser {
    CurrentUser(token.0)
}

#[get("/me", authenticated)]
pub async fn me(user: CurrentUser) -> String {
    user.0
}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![me]
}

fn main() {}
