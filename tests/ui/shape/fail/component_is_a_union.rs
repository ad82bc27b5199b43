//! A union has no fields to inject into.

use inject_runtime::service;

#[service]
union Bits {
    int: u32,
    float: f32,
}

fn main() {}
