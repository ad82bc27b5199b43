//! `cargo inject eject`, as it is run, on copies of sample crates.

mod compiles;
mod copy;
mod files;
mod refusals;
#[path = "../expand/sample.rs"]
mod sample;
