//! An endpoint is a function.

use inject_runtime::get;

#[get("/", public)]
pub struct Index;

fn main() {}
