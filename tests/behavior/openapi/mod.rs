//! OpenAPI documents of endpoints.

mod bodies;
mod library;
mod operations;
mod parameters;
mod responses;
mod schemas;
mod security;
mod support;
mod undescribed;
