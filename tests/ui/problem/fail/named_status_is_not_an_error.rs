//! A named status is one from 400 to 599, too.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(status = NO_CONTENT)]
    Unknown,
}

fn main() {}
