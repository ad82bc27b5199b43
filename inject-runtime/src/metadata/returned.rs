//! Return types of endpoints, inferred by rustc, because an `impl Trait` type cannot be named.

use std::marker::PhantomData;

use super::describe::Draft;
use crate::problem::{ProblemVariant, ProblemVariants};

/// Return type of a function.
pub struct Returned<T>(PhantomData<T>);

impl<T> Clone for Returned<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Returned<T> {}

impl<T> Returned<T> {
    /// Creates the return type `T`.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "a type, and not a value")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

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

/// Fallback for return types without a description: it reports them. The methods by value have priority, the
/// inherent ones over those of [`ReturnedTuple`] and [`ReturnedError`].
///
/// The names begin with underscores because a trait of the user may be implemented for all types and be in
/// scope.
pub trait ReturnFallback {
    /// Describes the responses of the value, or of the `Ok` of a `Result`.
    fn __success(&self, draft: &mut Draft);

    /// Describes the responses of the `Err` of a `Result`.
    fn __failure(&self, _: &mut Draft) {}
}

impl<T> ReturnFallback for Returned<T> {
    #[cfg(feature = "openapi")]
    fn __success(&self, draft: &mut Draft) {
        draft.unknown_output::<T>();
    }

    #[cfg(not(feature = "openapi"))]
    fn __success(&self, _: &mut Draft) {}
}

/// Return types whose last element is described: headers and other parts before it have no effect on the rest
/// of the description.
pub trait ReturnedTuple {
    /// Describes the responses of the value, or of the `Ok` of a `Result`.
    fn __success(self, draft: &mut Draft);
}

/// Return types that are a `Result` whose error has no description.
pub trait ReturnedError {
    /// Reports the `Err`.
    fn __failure(self, draft: &mut Draft);
}

impl<T, E> ReturnedError for Returned<Result<T, E>> {
    #[cfg(feature = "openapi")]
    fn __failure(self, draft: &mut Draft) {
        draft.unknown_failure::<E>();
    }

    #[cfg(not(feature = "openapi"))]
    fn __failure(self, _: &mut Draft) {}
}

/// Return type whose errors can be listed: a `Result`.
#[diagnostic::on_unimplemented(
    message = "`errors(..)` lists errors of a `Result`, and not of `{Self}`",
    label = "the function does not return a `Result`",
    note = "[inject/endpoint] return a `Result<_, E>` whose `E` is an enum under `#[derive(Problem)]`, or remove `errors(..)`"
)]
pub trait Fallible {
    /// Variants of the error.
    type Variants;

    /// Returns all variants of the error.
    fn variants() -> Self::Variants;
}

impl<T, E: ProblemVariants> Fallible for Result<T, E> {
    type Variants = E::Variants;

    fn variants() -> E::Variants {
        E::variants()
    }
}

/// Describes the errors that an endpoint or a provider lists, of all that its error type has.
#[cfg_attr(not(feature = "openapi"), allow(unused_variables))]
pub fn describe_errors<R: Fallible, const N: usize>(
    returned: Returned<R>,
    draft: &mut Draft,
    select: impl FnOnce(R::Variants) -> [ProblemVariant; N],
) {
    let _ = returned;
    #[cfg(feature = "openapi")]
    draft.failure(|draft| {
        for variant in select(R::variants()) {
            for kind in &(variant.kinds)() {
                draft.problem(kind);
            }
        }
    });
}

#[cfg(feature = "openapi")]
mod described {
    #![allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]

    use super::{Draft, Returned, ReturnedTuple};
    use crate::operation::OperationOutput;

    impl<T: OperationOutput> Returned<T> {
        /// Describes the responses of the value.
        pub fn __success(self, draft: &mut Draft) {
            T::operation_output(draft);
        }
    }

    impl<T: OperationOutput, E> Returned<Result<T, E>> {
        /// Describes the responses of the `Ok`.
        pub fn __success(self, draft: &mut Draft) {
            T::operation_output(draft);
        }
    }

    impl<T, E: OperationOutput> Returned<Result<T, E>> {
        /// Describes the responses of the `Err`.
        pub fn __failure(self, draft: &mut Draft) {
            draft.failure(E::operation_output);
        }
    }

    macro_rules! tuples {
        ($($($before:ident)*;)*) => {$(
            impl<$($before,)* T: OperationOutput> ReturnedTuple for Returned<($($before,)* T)> {
                fn __success(self, draft: &mut Draft) {
                    T::operation_output(draft);
                }
            }

            impl<$($before,)* T: OperationOutput, E> ReturnedTuple for Returned<Result<($($before,)* T), E>> {
                fn __success(self, draft: &mut Draft) {
                    T::operation_output(draft);
                }
            }
        )*};
    }

    tuples! {
        A;
        A B;
        A B D;
    }

    /// The description of a `Result` in a `Result`.
    impl<T: OperationOutput, F: OperationOutput, E> ReturnedTuple for Returned<Result<Result<T, F>, E>> {
        fn __success(self, draft: &mut Draft) {
            T::operation_output(draft);
            draft.failure(F::operation_output);
        }
    }
}
