//! The port by which the features of the shop say whether they work.
//!
//! It is a crate of its own: the features implement it without the application, and the application collects it.

use inject_runtime::service;

/// Port for the health of a feature.
#[service]
pub trait HealthCheck: Send + Sync {
    /// Returns the name of the feature.
    fn name(&self) -> &'static str;

    /// Returns whether the feature can do its work.
    fn is_healthy(&self) -> bool;
}
