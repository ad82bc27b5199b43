//! Readable form of expansions: short paths with `use` lines, and readable names.
//!
//! It is for reading. Lints that an expansion allows, and attributes for tools, are omitted.

mod blocks;
mod identifiers;
mod imports;
mod paths;

use syn::{Attribute, Expr, Item, visit_mut::VisitMut};

pub(super) use self::blocks::ALIAS;
use self::{imports::Imports, paths::ShortPaths};
use super::{format::Formatter, names::Names};
use crate::source::ModulePath;

/// Readable form of the expansions in a module, with the imports that it needs.
pub(super) struct Pretty<'a>(ShortPaths<'a>);

impl<'a> Pretty<'a> {
    pub(super) fn of(module: &'a ModulePath, names: &'a Names, axum: bool) -> Self {
        Self(ShortPaths { names, module, axum, imports: Imports::default() })
    }

    /// Changes a part of the expansion of `of`.
    pub(super) fn part(&mut self, items: &mut Vec<Item>, of: &Item) {
        blocks::open(items);
        identifiers::rename(items, of, |name| self.0.names.is_taken(self.0.module, name));
        for item in items {
            WithoutMarks.visit_item_mut(item);
            self.0.shortener().visit_item_mut(item);
        }
    }

    /// Changes the expansion of a call.
    pub(super) fn expression(&mut self, expression: &mut Expr) {
        WithoutMarks.visit_expr_mut(expression);
        self.0.shortener().visit_expr_mut(expression);
    }

    /// Removes the lints that macros allow for the function `new`, which was `source`, and changes the parameter that they add. The user's own paths stay as they are.
    pub(super) fn shorten_item(&mut self, new: &mut Item, source: &Item) {
        let (Item::Fn(new), Item::Fn(source)) = (new, source) else { return };
        new.attrs.retain(|attribute| source.attrs.contains(attribute) || !is_mark(attribute));
        if new.sig.inputs.len() > source.sig.inputs.len()
            && let Some(guard) = new.sig.inputs.first_mut()
        {
            self.0.shortener().visit_fn_arg_mut(guard);
        }
    }

    /// `use` lines, if there are any.
    pub(super) fn imports(&self, formatter: &Formatter) -> Option<String> {
        self.0.imports.lines(formatter)
    }
}

/// Whether an attribute is for the compiler, its lints or rustdoc.
fn is_mark(attribute: &Attribute) -> bool {
    let path = attribute.path();
    let is_hidden = || attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "hidden");
    path.is_ident("automatically_derived") || path.is_ident("allow") || path.is_ident("doc") && is_hidden()
}

/// Visitor that removes attributes for the compiler and its lints.
struct WithoutMarks;

impl VisitMut for WithoutMarks {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| !is_mark(attribute));
    }
}
