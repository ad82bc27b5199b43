//! A problem is an error, so its status is one from 400 to 599.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(status = 200)]
    Unknown,
}

fn main() {}
