//! Access: credentials, principals, roles and guards.

mod authentication;
mod credentials;
pub(crate) mod roles;
