//! Values that replace a provider, for tests.

use axum::response::IntoResponse;

use crate::{
    frame::{Provision, Rejection},
    scope::Provided,
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

impl<T: Provided> ProviderOverride<T> for T {
    fn into_override(self) -> Provision<T> {
        Ok(self)
    }
}

impl<T: Provided, E: IntoResponse> ProviderOverride<T> for Result<T, E> {
    fn into_override(self) -> Provision<T> {
        self.map_err(Rejection::of)
    }
}

mod sealed {
    use super::Provided;

    pub trait Sealed<T> {}

    impl<T: Provided> Sealed<T> for T {}

    impl<T: Provided, E> Sealed<T> for Result<T, E> {}
}
