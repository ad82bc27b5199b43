//! A repository in an extension, behind a lock.

use std::sync::{Arc, Mutex};

use axum::Extension;
use inject_runtime::{get, repository};

#[repository]
pub struct Users;

#[get("/users", public)]
async fn list(_users: Extension<Arc<Mutex<Users>>>) {}

fn main() {}
