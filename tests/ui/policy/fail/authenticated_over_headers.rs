//! What a provider reads in headers is not known.

use axum::http::HeaderMap;
use inject_runtime::{get, inject};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
fn current_user(_headers: HeaderMap) -> CurrentUser {
    CurrentUser
}

#[get("/me", authenticated)]
async fn me(_user: CurrentUser) {}

fn main() {}
