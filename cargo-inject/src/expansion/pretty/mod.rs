//! Expansions as a person would have written them: short paths with `use` lines, and readable names.
//!
//! This is for reading: lints that an expansion allows, and marks that are for tools, are left out.

mod identifiers;
mod imports;
mod paths;

use syn::{Attribute, Expr, Item, visit_mut::VisitMut};

use super::names::Names;
use crate::source::ModulePath;

/// What is made readable in a module, and what has to be imported for it.
pub(super) struct Pretty<'a> {
    names: &'a Names,
    module: &'a ModulePath,
    /// Whether axum's names can be used.
    axum: bool,
    imports: imports::Imports,
}

impl<'a> Pretty<'a> {
    pub(super) fn of(module: &'a ModulePath, names: &'a Names, axum: bool) -> Self {
        Self { names, module, axum, imports: imports::Imports::default() }
    }

    /// A part of the expansion of `of`.
    pub(super) fn part(&mut self, items: &mut [Item], of: &Item) {
        identifiers::rename(items, of, |name| self.names.is_taken(self.module, name));
        for item in items {
            WithoutMarks.visit_item_mut(item);
            self.shortener().visit_item_mut(item);
        }
    }

    /// The expansion of a call.
    pub(super) fn expression(&mut self, expression: &mut Expr) {
        WithoutMarks.visit_expr_mut(expression);
        self.shortener().visit_expr_mut(expression);
    }

    /// What macros have added to the item `new`, which was `source`. The paths of the user are not absolute, or are as they want them.
    pub(super) fn shorten_item(&mut self, new: &mut Item, source: &Item) {
        let (Item::Fn(new), Item::Fn(source)) = (new, source) else { return };
        if new.sig.inputs.len() > source.sig.inputs.len()
            && let Some(guard) = new.sig.inputs.first_mut()
        {
            self.shortener().visit_fn_arg_mut(guard);
            identifiers::rename_guard(guard);
        }
    }

    /// The `use` lines, if there are any.
    pub(super) fn imports(&self) -> Option<String> {
        self.imports.written()
    }
}

/// Leaves out what is there for the compiler and its lints.
struct WithoutMarks;

impl VisitMut for WithoutMarks {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let is_mark = |attribute: &Attribute| {
            attribute.path().is_ident("automatically_derived")
                || attribute.path().is_ident("allow")
                || attribute
                    .meta
                    .require_list()
                    .is_ok_and(|list| list.path.is_ident("doc") && list.tokens.to_string() == "hidden")
        };
        attributes.retain(|attribute| !is_mark(attribute));
    }
}
