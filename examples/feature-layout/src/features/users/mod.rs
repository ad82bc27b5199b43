//! User accounts and authentication.
//!
//! Other features may use the items that are exported here. All other items are private.

mod auth;
mod errors;
mod models;
mod repository;
mod routes;
mod schemas;
mod service;

pub use self::{
    auth::CurrentUser,
    errors::UserError,
    routes::routes,
    schemas::{NewAccount, Profile, SignUp},
    service::UserService,
};
