//! Users: their accounts, their sessions, and who is asking.
//!
//! What other features may use is exported here. The rest is nobody's business, and private.

mod models;
mod principal;
mod repository;
mod routes;
mod schemas;
mod service;

pub use self::{
    models::User,
    principal::{CurrentUser, UserRole},
    routes::routes,
};
