//! `cargo inject eject` on copies of sample crates.

mod compiles;
mod copy;
mod files;
mod refusals;
#[path = "../expand/sample.rs"]
mod sample;
#[path = "../fixtures/slow.rs"]
mod slow;
