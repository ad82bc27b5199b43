//! A struct that is not a container has no transactions.

use inject_runtime::{service, transaction};

#[transaction(writes)]
#[service]
pub struct Books;

fn main() {}
