//! A stereotype is for types.

use inject_runtime::service;

#[service]
fn mailer() {}

fn main() {}
