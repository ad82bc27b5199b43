//! A union does not know what it is.

use inject_runtime::Problem;

#[derive(Problem)]
union OrderError {
    code: u32,
}

fn main() {}
