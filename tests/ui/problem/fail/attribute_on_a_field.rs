//! `#[problem]` is not for fields.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no order {0}")]
    Unknown(#[problem(status = 404)] u64),
}

fn main() {}
