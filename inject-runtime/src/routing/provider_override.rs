//! Values that replace a provider, for tests.

use axum::response::IntoResponse;

use crate::{
    frame::{Provision, Rejection},
    scope::{Port, Provided},
};

/// Value that overrides a provider of `T`: a `T`, or a `Result<T, E>` whose error is the response.
///
/// The trait is sealed. See [`Routes::override_provider`](crate::Routes::override_provider).
#[diagnostic::on_unimplemented(
    message = "no provider returns `{Self}`",
    label = "this overrides nothing",
    note = "[inject/override] return the output of the provider that is to be replaced, `T` or `Result<T, E>`"
)]
pub trait ProviderOverride<T>: sealed::Sealed<T> {
    #[doc(hidden)]
    fn into_override(self) -> Provision<T>;
}

impl<T: Overridable> ProviderOverride<T> for T {
    fn into_override(self) -> Provision<T> {
        Ok(self)
    }
}

impl<T: Overridable, E: IntoResponse> ProviderOverride<T> for Result<T, E> {
    fn into_override(self) -> Provision<T> {
        self.map_err(Rejection::of)
    }
}

/// Value of a request that a test may replace: the output of a provider, or what is behind a port.
pub trait Overridable {}

impl<T: Provided> Overridable for T {}

impl<P: ?Sized> Overridable for Port<P> {}

#[cfg(feature = "sqlx")]
impl<DB: sqlx::Database, P> Overridable for crate::tx::RolledBack<DB, P> {}

mod sealed {
    use super::Overridable;

    pub trait Sealed<T> {}

    impl<T: Overridable> Sealed<T> for T {}

    impl<T: Overridable, E> Sealed<T> for Result<T, E> {}
}
