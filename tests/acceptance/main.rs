//! The behaviours that the request scope and the container hold to. Each test is named by its id: `cargo test a23`.
//!
//! All go through a real router; where a client must go away, or where it matters when a client can read what, through a real socket.

#![allow(clippy::needless_pass_by_value, reason = "what is extracted is handed over")]
#![allow(clippy::similar_names, reason = "`routes` become a `router`")]
#![allow(clippy::unused_async, reason = "endpoints are async, whatever they do")]

mod client;
mod database;
mod errors;
mod graph;
mod lifecycle;
mod overrides;
mod security;
mod support;
mod tasks;
mod teardown;
