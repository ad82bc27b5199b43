//! Two mistakes are two errors in one compilation.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(status = 999)]
    Unknown,
    #[error("closed")]
    #[problem(status = 410, titel = "Closed")]
    Closed,
}

fn main() {}
