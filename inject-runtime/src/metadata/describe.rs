//! Descriptions of types in an OpenAPI document, as constants of the expansions. They are empty without the
//! feature `openapi`.

use std::fmt;

#[cfg(feature = "openapi")]
use crate::operation::OperationDraft;

/// Draft of an operation, to which descriptions are added.
#[cfg(feature = "openapi")]
pub(crate) type Draft = OperationDraft;

/// Draft of an operation. It has no values without the feature `openapi`.
#[cfg(not(feature = "openapi"))]
#[derive(Debug)]
pub enum Draft {}

/// Description of a type: a function that adds it to an operation.
#[derive(Clone, Copy)]
pub struct TypeDescription {
    #[cfg(feature = "openapi")]
    describe: Option<fn(&mut Draft)>,
}

impl TypeDescription {
    /// Empty description.
    pub const NOTHING: Self = Self {
        #[cfg(feature = "openapi")]
        describe: None,
    };
}

#[cfg(feature = "openapi")]
impl TypeDescription {
    pub(crate) const fn with(describe: fn(&mut Draft)) -> Self {
        Self { describe: Some(describe) }
    }

    pub(crate) fn describe(self, draft: &mut Draft) {
        if let Some(describe) = self.describe {
            describe(draft);
        }
    }
}

impl TypeDescription {
    /// Description of the errors that a provider lists.
    #[must_use]
    #[cfg_attr(not(feature = "openapi"), allow(unused_variables))]
    pub const fn of_errors(describe: fn(&mut Draft)) -> Self {
        Self {
            #[cfg(feature = "openapi")]
            describe: Some(describe),
        }
    }
}

/// Descriptions of types that say nothing about themselves: they are reported.
impl TypeDescription {
    /// Description of an extractor.
    #[must_use]
    pub const fn unknown_input<T: ?Sized>() -> Self {
        Self {
            #[cfg(feature = "openapi")]
            describe: Some(Draft::unknown_input::<T>),
        }
    }

    /// Description of the type of one parameter in a path.
    #[must_use]
    pub const fn unknown_path_parameter<T: ?Sized>() -> Self {
        Self {
            #[cfg(feature = "openapi")]
            describe: Some(Draft::unknown_path_parameter::<T>),
        }
    }

    /// Description of the error of a `Result`.
    #[must_use]
    pub const fn unknown_failure<T: ?Sized>() -> Self {
        Self {
            #[cfg(feature = "openapi")]
            describe: Some(Draft::unknown_failure::<T>),
        }
    }
}

impl fmt::Debug for TypeDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypeDescription")
    }
}
