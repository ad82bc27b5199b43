//! Locals of expansions that would capture names of the user.
//!
//! In the output of a macro, locals are hygienic: the user's function `body` is not the local `body`. In a source they are ordinary names, so
//! they are renamed where the user uses the name.

use std::collections::BTreeSet;

use inject_codegen::{LOCALS, NUMBERED_LOCALS};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{ExprPath, Ident, Item, PatIdent, visit_mut::VisitMut};

/// Renames the locals of `items`, the expansion of `of`, whose names the user uses.
pub(super) fn keep_apart(items: &mut [Item], of: &Item, text: &str) {
    let mut written = BTreeSet::new();
    collect(of.to_token_stream(), &mut written);
    let is_local = |name: &String| {
        LOCALS.contains(&&**name) || NUMBERED_LOCALS.iter().any(|numbered| name.starts_with(numbered))
    };
    written.retain(is_local);
    if !written.is_empty() {
        let mut apart = Apart { written, text };
        for item in items {
            apart.visit_item_mut(item);
        }
    }
}

struct Apart<'a> {
    written: BTreeSet<String>,
    text: &'a str,
}

impl Apart<'_> {
    fn rename(&self, ident: &mut Ident) {
        let name = ident.to_string();
        // A token of the user is in the text at the place of its span.
        let is_of_user = self.text.get(ident.span().byte_range()) == Some(&*name);
        if !is_of_user && self.written.contains(&name) {
            *ident = Ident::new(&format!("{name}_"), ident.span());
        }
    }
}

/// Patterns bind locals, and paths of one name use them. Fields and methods keep their names.
impl VisitMut for Apart<'_> {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.rename(&mut pattern.ident);
        syn::visit_mut::visit_pat_ident_mut(self, pattern);
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        match path.path.segments.first_mut() {
            Some(only)
                if path.path.leading_colon.is_none() && path.qself.is_none() && only.arguments.is_none() =>
            {
                self.rename(&mut only.ident);
            }
            _ => {}
        }
        syn::visit_mut::visit_expr_path_mut(self, path);
    }
}

fn collect(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => drop(found.insert(name.to_string())),
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
