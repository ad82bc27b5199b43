//! A detail refers to fields of its variant.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no order {0}")]
    #[problem(status = 404, detail = "no order {1}")]
    Unknown(u64),
}

fn main() {}
