//! A placeholder in a detail names its field.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no order {0}")]
    #[problem(status = 404, detail = "no order {}")]
    Unknown(u64),
}

fn main() {}
