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

impl fmt::Debug for TypeDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypeDescription")
    }
}
