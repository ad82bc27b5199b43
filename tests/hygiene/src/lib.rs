//! Expansions compile whatever the crate around them is like. To compile is to pass; what little is run shows that nothing was captured.

#![deny(warnings, missing_docs, unused_qualifications, unreachable_pub, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

pub mod conditional;
pub mod generic;
pub mod problem;
pub mod raw;
pub mod request;
pub mod shadowed;
pub mod spelled;
