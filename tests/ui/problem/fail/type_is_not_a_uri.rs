//! The type of a problem is a URI.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
#[error("no such order")]
#[problem(status = 404, type = "Unknown order")]
struct UnknownOrder;

fn main() {}
