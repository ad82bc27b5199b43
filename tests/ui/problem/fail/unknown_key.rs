//! A key that there is not is reported, with the one that was meant.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(staus = 404)]
    Unknown,
}

fn main() {}
