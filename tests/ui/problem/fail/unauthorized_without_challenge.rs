//! A 401 has a challenge.

use inject_runtime::Problem;

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("who are you?")]
    #[problem(status = 401, detail)]
    Unauthorized,
    #[error("who are you?")]
    #[problem(status = UNAUTHORIZED, title = "Who are you?")]
    Anonymous,
}

fn main() {}
