//! `Path` takes as many values as the path has parameters. The prefix of nested routes may add parameters, so that only too few are an error here.

use axum::extract::Path;
use inject_runtime::get;

#[get("/users/{user}/books/{book}/{page}", public)]
pub async fn index(Path((_user, _book)): Path<(i64, i64)>) {}

fn main() {}
