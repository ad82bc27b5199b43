//! Users: who they are, and who is asking.
//!
//! What other features may use is exported here; everything else is nobody's business.

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
