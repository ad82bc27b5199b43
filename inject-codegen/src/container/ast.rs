//! Syntax: the struct, and the attributes on its fields.

use proc_macro2::TokenStream;
use syn::{Attribute, Field, ItemStruct};

use crate::{
    attributes::{self, Keys, Misspelled, path_value},
    errors::Errors,
    paths::Runtime,
    transaction,
};

/// A struct under `#[container]` or `#[module]`.
pub(super) struct Ast {
    pub(super) runtime: Runtime,
    pub(super) kind: Kind,
    pub(super) transaction: Vec<Attribute>,
    /// As written, without the attributes of this crate.
    pub(super) item: ItemStruct,
    /// The attributes of each field, in order.
    pub(super) attributes: Vec<FieldAttributes>,
}

/// Attribute on the struct.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Container,
    Module,
}

/// The attributes of this crate on a field, taken off it.
pub(super) struct FieldAttributes {
    pub(super) input: Vec<Attribute>,
    pub(super) required: Vec<Attribute>,
    pub(super) factory: Vec<Attribute>,
    pub(super) bind: Vec<Attribute>,
    pub(super) include: Vec<Attribute>,
    pub(super) provided_by: Vec<Attribute>,
    pub(super) optional: Vec<Attribute>,
    pub(super) collect: Vec<Attribute>,
    pub(super) contribute: Vec<Attribute>,
    pub(super) private: Vec<Attribute>,
    pub(super) qualifier: Vec<Attribute>,
    pub(super) on_shutdown: Vec<Attribute>,
    pub(super) layering: Vec<Attribute>,
    /// Attributes of components, which are reported.
    pub(super) misplaced: Vec<Attribute>,
    pub(super) misspelled: Vec<Misspelled>,
}

impl Kind {
    /// The attribute, as the user types it.
    pub(super) const fn attribute(self) -> &'static str {
        match self {
            Self::Container => "#[container]",
            Self::Module => "#[module]",
        }
    }

    /// The struct, in messages.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Module => "module",
        }
    }
}

/// Reads the arguments of the attribute.
pub(super) fn arguments(kind: Kind, tokens: TokenStream, errors: &mut Errors) -> Runtime {
    let mut runtime = Runtime::default();
    if !tokens.is_empty() {
        let keys = Keys { attribute: kind.attribute(), known: &["crate"] };
        keys.read(tokens, errors, |_, meta, errors| {
            if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                runtime = Runtime::from(path);
            }
        });
    }
    runtime
}

impl Ast {
    pub(super) fn read(runtime: Runtime, kind: Kind, mut item: ItemStruct) -> Self {
        let transaction = transaction::take(&mut item.attrs);
        let attributes =
            item.fields.iter_mut().map(|field| FieldAttributes::take(field, &item.attrs)).collect();
        Self { runtime, kind, transaction, item, attributes }
    }
}

impl FieldAttributes {
    fn take(field: &mut Field, item_attributes: &[Attribute]) -> Self {
        const KNOWN: [&str; 13] = [
            "input",
            "required",
            "factory",
            "bind",
            "include",
            "provided_by",
            "optional",
            "collect",
            "contribute",
            "private",
            "qualifier",
            "on_shutdown",
            "layering",
        ];
        let mut take = |name| attributes::take(&mut field.attrs, name);
        Self {
            input: take("input"),
            required: take("required"),
            factory: take("factory"),
            bind: take("bind"),
            include: take("include"),
            provided_by: take("provided_by"),
            optional: take("optional"),
            collect: take("collect"),
            contribute: take("contribute"),
            private: take("private"),
            qualifier: take("qualifier"),
            on_shutdown: take("on_shutdown"),
            layering: take("layering"),
            misplaced: ["inject", "init", "external"].into_iter().flat_map(take).collect(),
            misspelled: Misspelled::take(&mut field.attrs, &KNOWN, item_attributes),
        }
    }
}
