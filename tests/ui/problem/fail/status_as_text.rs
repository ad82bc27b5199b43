//! A status is a number or a name.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
#[error("no such order")]
#[problem(status = "404")]
struct UnknownOrder;

fn main() {}
