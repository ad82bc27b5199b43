//! An alias of an `Option` is there for everyone.

use inject_runtime::{Bearer, get};

type Somebody = Option<Bearer>;

#[get("/me", authenticated = Somebody)]
async fn me() {}

fn main() {}
