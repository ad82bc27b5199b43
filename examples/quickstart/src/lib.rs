//! A reading list over HTTP: a small application built with `inject`.
//!
//! Read the files in this order, which takes about ten minutes. Each file has one job, and only the container refers to all of them.
//!
//! 1. [`app`]: the container, which lists the parts of the application.
//! 2. [`settings`]: the configuration, read from the environment.
//! 3. [`database`]: the connection pool and its migrations.
//! 4. [`repository`]: all the SQL.
//! 5. [`notifier`]: a port, and two implementations of it.
//! 6. [`service`]: the business logic, which depends neither on HTTP nor on SQL.
//! 7. [`auth`][]: authentication.
//! 8. [`routes`]: the endpoints and their access policies.
//! 9. [`error`]: the error responses.
//! 10. `main.rs`: startup and shutdown.
//!
//! Dependencies point inward, `routes -> service -> repository -> pool`, and the compiler checks the direction. An endpoint that
//! takes a `BookRepository` and a repository that holds a `BookService` are errors of `cargo check`. So is an endpoint without an
//! access policy.

pub mod app;
pub mod auth;
pub mod database;
pub mod error;
pub mod notifier;
pub mod repository;
pub mod routes;
pub mod service;
pub mod settings;
