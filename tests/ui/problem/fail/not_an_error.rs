//! A problem is made from an error.

use inject_runtime::Problem;

#[derive(Debug, Problem)]
enum OrderError {
    #[problem(status = 404, detail)]
    Unknown,
    #[problem(status = 410, title = "Closed")]
    Closed,
}

fn main() {}
