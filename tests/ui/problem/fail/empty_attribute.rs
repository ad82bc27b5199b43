//! `#[problem]` has arguments.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem]
    Unknown,
}

fn main() {}
