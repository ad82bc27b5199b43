//! Access: credentials, principals, roles and guards.

mod authentication;
mod challenges;
mod credentials;
mod handlers;
mod own_credentials;
mod permissions;
pub(crate) mod roles;
mod signed;
