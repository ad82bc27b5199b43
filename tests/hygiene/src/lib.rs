//! Expansions in a crate that shadows names, renames dependencies and denies lints. The crate passes if it
//! compiles. The few tests check that no method call was captured.

#![deny(warnings, missing_docs, unused_qualifications, unreachable_pub, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

pub mod conditional;
pub mod generic;
pub mod port;
pub mod problem;
pub mod raw;
pub mod request;
pub mod shadowed;
pub mod spelled;
