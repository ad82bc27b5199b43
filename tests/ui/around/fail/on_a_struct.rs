//! `#[around]` goes on a function.

use inject_runtime::around;

#[around]
pub struct Logged;

fn main() {}
