//! A principal alone is no policy: its endpoint says `authenticated`.

use inject_runtime::{Bearer, get, inject};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
fn current_user(_bearer: Bearer) -> CurrentUser {
    CurrentUser
}

#[get("/me")]
async fn me(_user: CurrentUser) {}

fn main() {}
