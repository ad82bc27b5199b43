//! Health checks.

mod repository;
mod routes;
mod service;

pub use self::routes::routes;
