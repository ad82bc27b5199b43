//! What an OpenAPI document says of a type, as a constant that expansions leave behind. Without the feature `openapi` there is nothing in it.

use std::fmt;

#[cfg(feature = "openapi")]
use super::spec::Probe;
#[cfg(feature = "openapi")]
use crate::openapi::{OperationDraft, OperationInput, OperationOutput};

/// Adds to an operation what is known of a type, if anything is.
#[derive(Clone, Copy)]
pub struct Describe {
    #[cfg(feature = "openapi")]
    describe: Option<fn(&mut OperationDraft)>,
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
    pub(crate) const fn with(describe: fn(&mut OperationDraft)) -> Self {
        Self { describe: Some(describe) }
    }

    pub(crate) fn describe(self, draft: &mut OperationDraft) {
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

/// What the return type of a function is in an expansion where it cannot be named: `impl IntoResponse`.
#[derive(Debug)]
pub struct Unnamed;

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
impl<T: OperationOutput> Probe<T> {
    /// As what a function returns.
    pub const OUTPUT: Describe = Describe::with(T::operation_output);
}

#[cfg(feature = "openapi")]
impl<T: OperationOutput, E> Probe<Result<T, E>> {
    /// What is `Ok`.
    pub const SUCCESS: Describe = Describe::with(T::operation_output);
}

#[cfg(feature = "openapi")]
impl<T, E: OperationOutput> Probe<Result<T, E>> {
    /// What is `Err`.
    pub const FAILURE: Describe = Describe::with(E::operation_output);
}
