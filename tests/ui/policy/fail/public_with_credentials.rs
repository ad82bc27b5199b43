//! An endpoint that is said to be public, and rejects everyone without credentials: alone, and in a tuple.

use axum::http::HeaderMap;
use inject_runtime::{Basic, Bearer, get, inject};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
fn current_user(_bearer: Bearer) -> CurrentUser {
    CurrentUser
}

#[get("/login", public)]
async fn login(_basic: Basic) {}

#[get("/both", public)]
async fn both(_both: (HeaderMap, CurrentUser)) {}

fn main() {}
