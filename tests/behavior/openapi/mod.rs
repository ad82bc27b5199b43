//! OpenAPI documents of endpoints.

mod bodies;
mod library;
mod operations;
mod parameters;
mod responses;
mod security;
mod support;
