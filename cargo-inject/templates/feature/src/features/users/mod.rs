//! Users: accounts, sessions, and the authenticated user.
//!
//! This module exports the items for other features. All other items are private.

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
    service::AuthService,
};
