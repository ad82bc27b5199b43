//! The fields in a detail are `Display`.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(status = 404, detail = "no order {0}")]
    Unknown(Vec<u64>),
}

fn main() {}
