//! HTTP interface.

pub mod deps;
pub mod errors;
pub mod extract;
pub mod middleware;
pub mod openapi;
pub mod responses;
pub mod routes;
pub mod versions;
