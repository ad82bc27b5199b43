//! A request moves between threads.

use inject_runtime::repository;

#[repository(scope = request)]
trait Users {}

fn main() {}
