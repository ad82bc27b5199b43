//! A key is given once.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(status = 404, status = 410)]
    Unknown,
}

fn main() {}
