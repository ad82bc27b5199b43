//! An unknown argument of a stereotype is answered with the nearest.

use inject_runtime::common;

#[common(scop = request)]
struct Settings;

fn main() {}
