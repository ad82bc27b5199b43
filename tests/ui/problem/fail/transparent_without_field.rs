//! `transparent` takes the problem from the one field.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(transparent)]
    Unknown,
}

fn main() {}
