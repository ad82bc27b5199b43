//! The request scope.

mod teardown;

pub use teardown::{Outcome, Teardown};
