//! Syntax: the attributes of a field or parameter.

use syn::Attribute;

use crate::attributes::{Misspelled, take};

/// The attributes of this crate on a field or parameter, taken off it.
pub(crate) struct FieldAttributes {
    pub(super) init: Vec<Attribute>,
    /// Reported, because a dependency needs no attribute.
    pub(super) inject: Vec<Attribute>,
    pub(super) external: Vec<Attribute>,
    pub(super) qualifier: Vec<Attribute>,
    pub(super) layering: Vec<Attribute>,
    pub(super) decorated: Vec<Attribute>,
    pub(super) misspelled: Vec<Misspelled>,
}

impl FieldAttributes {
    pub(crate) fn take(attributes: &mut Vec<Attribute>) -> Self {
        Self {
            init: take(attributes, "init"),
            inject: take(attributes, "inject"),
            external: take(attributes, "external"),
            qualifier: take(attributes, "qualifier"),
            layering: take(attributes, "layering"),
            decorated: take(attributes, "decorated"),
            misspelled: Vec::new(),
        }
    }

    /// Takes the attributes off a field of a struct, also the misspelled ones.
    pub(crate) fn take_of_field(attributes: &mut Vec<Attribute>, item_attributes: &[Attribute]) -> Self {
        const KNOWN: [&str; 5] = ["init", "external", "qualifier", "layering", "decorated"];
        let taken = Self::take(attributes);
        Self { misspelled: Misspelled::take(attributes, &KNOWN, item_attributes), ..taken }
    }

    /// Returns whether there is no attribute but `#[layering(..)]`.
    pub(crate) fn is_only_layering(&self) -> bool {
        let Self { init, inject, external, qualifier, decorated, layering: _, misspelled: _ } = self;
        [init, inject, external, qualifier, decorated].into_iter().all(Vec::is_empty)
    }

    /// Returns the first attribute, if there is any.
    pub(crate) fn first(&self) -> Option<&Attribute> {
        let Self { init, inject, external, qualifier, layering, decorated, misspelled: _ } = self;
        [init, inject, external, qualifier, layering, decorated].into_iter().flatten().next()
    }
}
