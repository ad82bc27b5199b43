//! `cargo inject check` on the sample crates in `tests/fixtures/check` and on crates that a test writes.

mod baseline;
mod configuration;
mod formats;
mod large;
mod manual;
mod resolution;
mod rules;
mod sample;
