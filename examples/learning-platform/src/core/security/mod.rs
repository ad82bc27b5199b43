//! Passwords, tokens, and who may do what.

mod principal;

pub use self::principal::{ActiveUser, CurrentUser, UserRole, roles};
