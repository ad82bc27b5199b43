//! What an OpenAPI document says of a type, as a constant that expansions leave behind. Without the feature `openapi` there is nothing in it.

use std::{fmt, marker::PhantomData};

#[cfg(feature = "openapi")]
use super::spec::Probe;
#[cfg(feature = "openapi")]
use crate::openapi::{OperationDraft, OperationInput, OperationOutput};

/// What descriptions are added to.
#[cfg(feature = "openapi")]
pub(super) type Draft = OperationDraft;

/// There are none.
#[cfg(not(feature = "openapi"))]
#[derive(Debug)]
pub enum Draft {}

/// Adds to an operation what is known of a type, if anything is.
#[derive(Clone, Copy)]
pub struct Describe {
    #[cfg(feature = "openapi")]
    describe: Option<fn(&mut Draft)>,
}

impl Describe {
    /// Nothing is known.
    pub const NOTHING: Self = Self {
        #[cfg(feature = "openapi")]
        describe: None,
    };
}

#[cfg(feature = "openapi")]
impl Describe {
    pub(crate) const fn with(describe: fn(&mut Draft)) -> Self {
        Self { describe: Some(describe) }
    }

    pub(crate) fn describe(self, draft: &mut Draft) {
        if let Some(describe) = self.describe {
            describe(draft);
        }
    }
}

impl fmt::Debug for Describe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Describe")
    }
}

#[cfg(feature = "openapi")]
impl<T: OperationInput> Probe<T> {
    /// As a parameter.
    pub const INPUT: Describe = Describe::with(T::operation_input);
}

#[cfg(feature = "openapi")]
impl<T: utoipa::IntoParams> Probe<T> {
    /// As the type of all parameters in the path.
    pub const PATH: Describe = Describe::with(OperationDraft::path_parameters_of::<T>);
}

#[cfg(feature = "openapi")]
impl<T: utoipa::ToSchema> Probe<T> {
    /// As the type of one parameter in the path.
    pub const SEGMENT: Describe = Describe::with(OperationDraft::path_parameter_of::<T>);

    /// As what is in another.
    pub const SCHEMA: Describe = Describe::with(OperationDraft::knows::<T>);
}

#[cfg(feature = "openapi")]
impl<T, E: OperationOutput> Probe<Result<T, E>> {
    /// As what a function returns: what is `Err`.
    pub const FAILURE: Describe = Describe::with(E::operation_output);
}

/// The type that a function returns, also where nobody could write it down.
pub struct Returned<T>(PhantomData<T>);

/// That of an async function, which is not called.
#[must_use]
pub fn returned<F: Future>(_: impl FnOnce() -> F) -> Returned<F::Output> {
    Returned(PhantomData)
}

/// An argument of a function that is not called.
///
/// # Panics
///
/// If it is called.
#[must_use]
pub fn argument<T>() -> T {
    unreachable!("functions are asked for their types only")
}

/// For types of which nothing is known: as with [`Probe`], what is known goes before. The names are none that a trait of the user's would
/// have, which may be implemented for all types there are.
pub trait Undescribed {
    /// What is returned; of a `Result`, what is `Ok`.
    fn __success(&self, _: &mut Draft) {}

    /// Of a `Result`, what is `Err`.
    fn __failure(&self, _: &mut Draft) {}
}

impl<T> Undescribed for Returned<T> {}

#[cfg(feature = "openapi")]
impl<T: OperationOutput> Returned<T> {
    /// What is returned.
    #[allow(clippy::unused_self)] // its type is what is asked for
    pub fn __success(&self, draft: &mut Draft) {
        T::operation_output(draft);
    }
}

#[cfg(feature = "openapi")]
impl<T: OperationOutput, E> Returned<Result<T, E>> {
    /// What is `Ok`.
    #[allow(clippy::unused_self)] // the same
    pub fn __success(&self, draft: &mut Draft) {
        T::operation_output(draft);
    }
}

#[cfg(feature = "openapi")]
impl<T, E: OperationOutput> Returned<Result<T, E>> {
    /// What is `Err`.
    #[allow(clippy::unused_self)] // the same
    pub fn __failure(&self, draft: &mut Draft) {
        E::operation_output(draft);
    }
}
