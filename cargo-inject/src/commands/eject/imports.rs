//! Imports that became unused.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{ItemUse, UseTree, ext::IdentExt as _, visit_mut::VisitMut};

use crate::source::names::{Imported, imports};

/// Names that `old` imports and uses, and that `new` imports without using them.
pub(super) fn unused(old: &str, new: &str) -> Vec<String> {
    let ((imported, before), (_, after)) = (names(old), names(new));
    imported.into_iter().filter(|name| before.contains(name) && !after.contains(name)).collect()
}

/// Imported names, and names that stand anywhere else.
fn names(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut imported = Imports::default();
    let mut used = BTreeSet::new();
    if let Ok(mut file) = syn::parse_file(text) {
        imported.visit_file_mut(&mut file);
        collect(file.to_token_stream(), &mut used);
    }
    (imported.0, used)
}

/// Visitor that moves the names out of `use` items.
#[derive(Default)]
struct Imports(BTreeSet<String>);

impl VisitMut for Imports {
    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        let named = imports(item).into_iter().filter_map(|import| match import.names {
            Imported::As(name) => Some(name),
            Imported::Unnamed | Imported::Glob => None,
        });
        self.0.extend(named);
        item.tree = UseTree::Group(syn::UseGroup {
            brace_token: syn::token::Brace::default(),
            items: syn::punctuated::Punctuated::new(),
        });
    }
}

/// Collects the names that are looked up in scope: not those after a `::`.
fn collect(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut colons = 0;
    for token in tokens {
        let is_member = colons == 2;
        colons = match &token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons + 1,
            _ => 0,
        };
        match token {
            TokenTree::Ident(name) if !is_member => drop(found.insert(name.unraw().to_string())),
            TokenTree::Group(group) => collect(group.stream(), found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_for_a_macro_becomes_unused() {
        let old = "use a::{service, get as g, Arc};\n#[service] struct S(Arc<T>);\n#[g] fn f() {}";
        assert_eq!(
            unused(old, "use a::{service, get as g, Arc};\nstruct S(Arc<T>);\n#[g] fn f() {}"),
            ["service"]
        );
        assert_eq!(unused(old, old), [""; 0]);
    }
}
