//! The request scope.

mod teardown;
#[cfg(feature = "sqlx")]
pub mod tx;

pub use teardown::{Outcome, Teardown};
