//! A detail refers to fields of its variant.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no order {order}")]
    #[problem(status = 404, detail = "no order {ordr}")]
    Unknown { order: u64 },
}

fn main() {}
