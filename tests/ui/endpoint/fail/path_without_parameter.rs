//! `Path` takes as many values as the path has parameters.

use axum::extract::Path;
use inject_runtime::get;

#[get("/users", public)]
pub async fn index(Path(_user): Path<i64>) {}

fn main() {}
