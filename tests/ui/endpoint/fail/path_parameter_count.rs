//! `Path` takes as many values as the path has parameters.

use axum::extract::Path;
use inject_runtime::get;

#[get("/users/{user}/books/{book}", public)]
pub async fn index(Path((_user, _book, _page)): Path<(i64, i64, i64)>) {}

fn main() {}
