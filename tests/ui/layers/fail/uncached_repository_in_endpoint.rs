//! `Uncached`, `Option` and `Result` do not hide a layer.

use axum::response::Response;
use inject_runtime::{Uncached, get, repository};

#[repository(scope = request)]
pub struct Users {}

#[get("/uncached", public)]
pub async fn uncached(_users: Uncached<Users>) {}

#[get("/result", public)]
pub async fn result(_users: Result<Users, Response>) {}

fn main() {}
