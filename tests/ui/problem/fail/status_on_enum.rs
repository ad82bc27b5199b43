//! The variants of an enum are different problems.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
#[problem(status = 404)]
enum OrderError {
    #[error("no such order")]
    Unknown,
}

fn main() {}
