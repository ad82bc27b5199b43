//! An unknown argument of a stereotype is answered with the nearest.

use inject_runtime::shared;

#[shared(layeronly)]
struct Settings;

fn main() {}
