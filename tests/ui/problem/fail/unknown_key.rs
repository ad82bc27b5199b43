//! The error of an unknown key suggests the nearest one.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(staus = 404)]
    Unknown,
}

fn main() {}
