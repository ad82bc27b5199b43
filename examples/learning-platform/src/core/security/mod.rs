//! Passwords, tokens, principals and roles.

mod limiter;
mod passwords;
mod principal;
mod tokens;

pub use self::{
    limiter::RateLimiter,
    passwords::{Password, PasswordError, Passwords},
    principal::{ActiveUser, CurrentUser, UserRole, roles},
    tokens::{AccessToken, RefreshToken, TokenError, Tokens},
};
