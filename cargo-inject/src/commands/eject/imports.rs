//! Imports that nothing uses any more.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{ItemUse, UseTree, ext::IdentExt as _, visit_mut::VisitMut};

/// The names that `old` imports and uses, and that `new` imports and does not use.
pub(super) fn unused(old: &str, new: &str) -> Vec<String> {
    let ((imported, before), (_, after)) = (names(old), names(new));
    imported.into_iter().filter(|name| before.contains(name) && !after.contains(name)).collect()
}

/// The names that are imported, and those that stand anywhere else.
fn names(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut imports = Imports::default();
    let mut used = BTreeSet::new();
    if let Ok(mut file) = syn::parse_file(text) {
        imports.visit_file_mut(&mut file);
        collect(file.to_token_stream(), &mut used);
    }
    (imports.0, used)
}

/// Takes the names out of `use` items.
#[derive(Default)]
struct Imports(BTreeSet<String>);

impl VisitMut for Imports {
    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        fn leaves(tree: &UseTree, found: &mut BTreeSet<String>) {
            match tree {
                UseTree::Path(tree) => leaves(&tree.tree, found),
                UseTree::Group(group) => group.items.iter().for_each(|branch| leaves(branch, found)),
                UseTree::Name(tree) => drop(found.insert(tree.ident.unraw().to_string())),
                UseTree::Rename(tree) => drop(found.insert(tree.rename.unraw().to_string())),
                UseTree::Glob(_) => {}
            }
        }
        leaves(&item.tree, &mut self.0);
        item.tree = UseTree::Group(syn::UseGroup {
            brace_token: syn::token::Brace::default(),
            items: syn::punctuated::Punctuated::new(),
        });
    }
}

/// Names that are looked up where they stand: not those after a `::`.
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
    fn what_only_a_macro_needed_is_not_needed_any_more() {
        let old = "use a::{service, get as g, Arc};\n#[service] struct S(Arc<T>);\n#[g] fn f() {}";
        assert_eq!(
            unused(old, "use a::{service, get as g, Arc};\nstruct S(Arc<T>);\n#[g] fn f() {}"),
            ["service"]
        );
        assert_eq!(unused(old, old), [""; 0]);
    }
}
