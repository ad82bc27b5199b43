//! A named status is a constant of `StatusCode`.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(status = NOT_FUOND)]
    Unknown,
}

fn main() {}
