//! A misspelled attribute of a field.

use std::time::Duration;

use inject_runtime::service;

#[service]
struct Cache {
    #[intit]
    ttl: Duration,
}

fn main() {}
