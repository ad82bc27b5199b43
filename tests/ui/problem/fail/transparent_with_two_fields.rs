//! `transparent` takes the problem of the single field.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no such order")]
    #[problem(transparent)]
    Unknown { source: UnknownOrder, order: u64 },
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("no such order")]
#[problem(status = 404)]
struct UnknownOrder;

fn main() {}
