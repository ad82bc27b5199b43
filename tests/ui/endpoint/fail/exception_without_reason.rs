//! An exception from the layers has a reason.

use inject_runtime::{Inject, get, repository};

#[repository]
pub struct Users;

#[get("/", public)]
pub async fn index(#[layering(allow)] Inject(_users): Inject<Users>) {}

fn main() {}
