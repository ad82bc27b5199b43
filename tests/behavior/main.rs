//! The behavior of the runtime, one module per subject.
//!
//! Requests go through a real router. Tests in which a client disconnects, or in which the moment matters at
//! which a client can read an answer, use a real socket.

#![allow(clippy::needless_pass_by_value, reason = "providers take what they extract by value")]
#![allow(clippy::similar_names, reason = "`routes` become a `router`")]
#![allow(clippy::trivially_copy_pass_by_ref, reason = "a shutdown hook takes a reference")]
#![allow(clippy::unused_async, reason = "an endpoint is async even if it awaits nothing")]

mod access;
mod background_tasks;
mod container;
mod openapi;
mod overrides;
mod problem;
mod providers;
mod rejections;
mod request_scope;
mod routes;
mod scoped_tasks;
mod server;
mod support;
mod teardown;
mod transaction;
