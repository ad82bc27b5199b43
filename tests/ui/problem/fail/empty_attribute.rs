//! An attribute says something.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem]
    Unknown,
}

fn main() {}
