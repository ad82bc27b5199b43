//! The type decides how many parameters are taken, and not its name.

use axum::extract::Path;
use inject_runtime::get;

type Id = i64;
type OfUser = Path<Id>;

#[get("/users/{user}/books/{book}", public)]
pub async fn index(_: OfUser) {}

fn main() {}
