//! An endpoint is not an around function.

use inject_runtime::{around, get};

#[around]
#[get("/books", public)]
pub async fn books() {}

fn main() {}
