//! Return types of endpoints, inferred by rustc: an `impl Trait` cannot be written down.

use std::marker::PhantomData;

use super::describe::Draft;
#[cfg(feature = "openapi")]
use crate::operation::OperationOutput;

/// Return type of a function.
pub struct Returned<T>(PhantomData<T>);

/// Infers the output of an async function, without calling it.
#[must_use]
pub fn returned<F: Future>(_: impl FnOnce() -> F) -> Returned<F::Output> {
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

/// What holds for a return type of which nothing is known. The inherent methods of [`Returned`] go before, as with `Probe`.
///
/// The names begin with underscores because a user's trait may be implemented for all types and in scope.
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
