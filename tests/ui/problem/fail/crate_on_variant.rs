//! `crate` belongs on the type.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(crate = inject_runtime)]
    Unknown,
}

fn main() {}
