//! Notes. Of `users`, this feature knows `CurrentUser`, `User` and `UserRole`.

mod models;
mod repository;
mod routes;
mod schemas;
mod service;

pub use self::routes::routes;
