//! `transparent` excludes other keys.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error(transparent)]
    #[problem(transparent, status = 404)]
    Unknown(#[from] UnknownOrder),
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("no such order")]
#[problem(status = 404)]
struct UnknownOrder;

fn main() {}
