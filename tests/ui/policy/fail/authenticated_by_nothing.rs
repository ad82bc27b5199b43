//! `authenticated` without a principal among the parameters.

use axum::extract::Path;
use inject_runtime::get;

#[get("/users/{id}", authenticated)]
async fn show(Path(_id): Path<u64>) {}

fn main() {}
