//! `transparent` takes the problem of the single field.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(transparent)]
    Unknown,
}

fn main() {}
