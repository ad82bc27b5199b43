//! The request scope.

pub(crate) mod absent;
mod problem;
#[cfg(feature = "security")]
mod security;
mod teardown;

pub use problem::{Failure, Problem, ToProblem, named_status, numbered_status};
#[cfg(feature = "security")]
pub use security::{ApiKey, ApiKeyLocation, ApiKeyScheme, Basic, Bearer, Unauthorized};
pub use teardown::{Outcome, Teardown};
