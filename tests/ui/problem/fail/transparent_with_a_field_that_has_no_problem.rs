//! The field of a transparent variant has a problem.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error(transparent)]
    #[problem(transparent)]
    Storage(#[from] std::io::Error),
}

fn main() {}
