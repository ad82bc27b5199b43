//! The error of an unknown argument of a stereotype suggests the nearest one.

use inject_runtime::common;

#[common(scop = request)]
struct Settings;

fn main() {}
