//! A reading list over HTTP: the small application of a web team.
//!
//! Read it in this order, ten minutes in all. Each file does one job, and only the container knows all of them.
//!
//! 1. [`app`]: the container, which says what the application consists of.
//! 2. [`settings`]: what the environment decides.
//! 3. [`database`]: the pool, with its migrations.
//! 4. [`repository`]: the SQL, all of it.
//! 5. [`notifier`]: a port, and two implementations of it.
//! 6. [`service`]: what the application does; it knows neither HTTP nor SQL.
//! 7. [`auth`]: who is asking.
//! 8. [`routes`]: what it looks like over HTTP, and who may call what.
//! 9. [`error`]: what it looks like over HTTP when something is wrong.
//! 10. `main.rs`: the start, and the end.
//!
//! Dependencies point inward, `routes -> service -> repository -> pool`, and the compiler checks it: a handler that
//! takes a `BookRepository`, or a repository that holds the `BookService`, is an error of `cargo check`, and so is an endpoint that
//! does not say who may call it.

pub mod app;
pub mod auth;
pub mod database;
pub mod error;
pub mod notifier;
pub mod repository;
pub mod routes;
pub mod service;
pub mod settings;
