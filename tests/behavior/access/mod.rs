//! Access: credentials, principals, roles and guards.

mod authentication;
mod credentials;
mod handlers;
pub(crate) mod roles;
