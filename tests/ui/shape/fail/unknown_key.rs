//! An unknown key is answered with the nearest.

use std::time::Duration;

use inject_runtime::service;

#[service]
struct Cache {
    #[intit]
    ttl: Duration,
}

fn main() {}
