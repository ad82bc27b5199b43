//! Business logic, independent of its callers. It depends neither on axum nor on SQL.

pub mod account;
pub mod auth;
pub mod content;
pub mod dashboard;
pub mod health;
pub mod jobs;
pub mod mailer;
pub mod progress;
pub mod rag;
pub mod user;

mod error;

pub use self::error::{FieldError, ServiceError};

/// Return type of the methods of ports, because an `async fn` in a trait is not dyn compatible.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
