//! A challenge is the value of a header.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
#[error("who are you?")]
#[problem(status = 401, challenge = "Basic realm=\"café\"")]
struct Anonymous;

fn main() {}
