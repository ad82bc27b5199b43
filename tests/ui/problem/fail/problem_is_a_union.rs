//! A union is not a problem.

use inject_runtime::Problem;

#[derive(Problem)]
union OrderError {
    code: u32,
}

fn main() {}
