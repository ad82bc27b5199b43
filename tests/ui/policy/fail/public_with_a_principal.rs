//! An endpoint that is said to be public, and rejects everyone without credentials.

use inject_runtime::{Bearer, get, inject};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
fn current_user(_bearer: Bearer) -> CurrentUser {
    CurrentUser
}

#[get("/me", public)]
async fn me(_user: CurrentUser) {}

fn main() {}
