//! Return types of endpoints, inferred by rustc, because an `impl Trait` type cannot be named.

use std::marker::PhantomData;

use super::describe::Draft;
#[cfg(feature = "openapi")]
use crate::operation::OperationOutput;

/// Return type of a function.
pub struct Returned<T>(PhantomData<T>);

/// Infers the output of an async function, without calling it.
#[must_use]
pub fn returned<F: IntoFuture>(_: impl FnOnce() -> F) -> Returned<F::Output> {
    Returned(PhantomData)
}

/// Argument of a function that is not called.
///
/// # Panics
///
/// If it is called.
#[must_use]
pub fn argument<T>() -> T {
    unreachable!("the function is used for its type and never called")
}

/// Fallback for return types without a description. The inherent methods of `Returned` have priority, as
/// with `Probe`.
///
/// The names begin with underscores because a trait of the user may be implemented for all types and be in
/// scope.
pub trait ReturnFallback {
    /// Describes the responses of the value, or of the `Ok` of a `Result`.
    fn __success(&self, _: &mut Draft) {}

    /// Describes the responses of the `Err` of a `Result`.
    fn __failure(&self, _: &mut Draft) {}
}

impl<T> ReturnFallback for Returned<T> {}

#[cfg(feature = "openapi")]
impl<T: OperationOutput> Returned<T> {
    /// Describes the responses of the value.
    #[allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]
    pub fn __success(&self, draft: &mut Draft) {
        T::operation_output(draft);
    }
}

#[cfg(feature = "openapi")]
impl<T: OperationOutput, E> Returned<Result<T, E>> {
    /// Describes the responses of the `Ok`.
    #[allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]
    pub fn __success(&self, draft: &mut Draft) {
        T::operation_output(draft);
    }
}

#[cfg(feature = "openapi")]
impl<T, E: OperationOutput> Returned<Result<T, E>> {
    /// Describes the responses of the `Err`.
    #[allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]
    pub fn __failure(&self, draft: &mut Draft) {
        E::operation_output(draft);
    }
}
