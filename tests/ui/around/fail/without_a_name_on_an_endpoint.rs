//! An endpoint names the functions around it.

use inject_runtime::{around, get};

#[get("/books", public)]
#[around]
pub async fn books() {}

fn main() {}
