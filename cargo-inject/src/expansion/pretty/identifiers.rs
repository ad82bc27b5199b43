//! Names that are not in anybody's way, made into names for readers.

use std::collections::BTreeMap;

use proc_macro2::TokenTree;
use quote::ToTokens as _;
use syn::{FnArg, Ident, Item, Pat, ext::IdentExt as _, visit_mut::VisitMut};

/// The keys of the fields of a container; `Field` is a trait of the runtime.
const KEYS: (&str, &str) = ("__Field", "Key");

/// The locals of an endpoint or provider, which a parameter must not be called like.
const LOCALS: [&str; 7] = ["parts", "body", "container", "principal", "shared", "outcome", "value"];

/// Renames what the macros have named in `items`, the expansion of `of`, unless it `is_taken`.
pub(super) fn rename(items: &mut [Item], of: &Item, is_taken: impl Fn(&str) -> bool) {
    let mut mentioned = Vec::new();
    identifiers(of.to_token_stream(), &mut mentioned);
    let mut hidden = Vec::new();
    for item in items.iter() {
        identifiers(item.to_token_stream(), &mut hidden);
    }
    hidden.retain(|name| name.starts_with("__") && name != "__private");
    let mut names = parameters(of);
    for name in hidden {
        let readable =
            if name == KEYS.0 { KEYS.1.to_owned() } else { capitalized(name.trim_start_matches('_')) };
        if !mentioned.contains(&readable) && !is_taken(&readable) {
            names.insert(name, readable);
        }
    }
    let mut rename = Rename(names);
    for item in items {
        rename.visit_item_mut(item);
    }
}

/// The type that stands for the roles of a handler, in the parameter that a macro has added to it.
pub(super) fn rename_guard(guard: &mut FnArg) {
    let mut hidden = Vec::new();
    identifiers(guard.to_token_stream(), &mut hidden);
    hidden.retain(|name| name.starts_with("__") && name != "__private");
    let names = hidden.into_iter().map(|name| (name.clone(), capitalized(name.trim_start_matches('_'))));
    Rename(names.collect()).visit_fn_arg_mut(guard);
}

/// What the parameters of a function are called: `users`, also in `Inject(users): Inject<UserService>`.
fn parameters(of: &Item) -> BTreeMap<String, String> {
    fn name(pattern: &Pat) -> Option<String> {
        match pattern {
            Pat::Ident(pattern) => Some(pattern.ident.unraw().to_string()),
            Pat::TupleStruct(pattern) if pattern.elems.len() == 1 => name(pattern.elems.first()?),
            _ => None,
        }
    }
    let mut names = BTreeMap::new();
    let Item::Fn(function) = of else { return names };
    for (index, parameter) in function.sig.inputs.iter().enumerate() {
        let FnArg::Typed(parameter) = parameter else { continue };
        let Some(name) = name(&parameter.pat) else { continue };
        let is_free = !LOCALS.contains(&&*name) && !names.values().any(|taken| *taken == name);
        if is_free && function.sig.ident != name {
            names.insert(format!("parameter_{index}"), name);
        }
    }
    names
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn identifiers(tokens: proc_macro2::TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => found.push(name.to_string()),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

struct Rename(BTreeMap<String, String>);

impl VisitMut for Rename {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        if let Some(new) = self.0.get(&ident.to_string()) {
            *ident = syn::parse_str(new).unwrap_or_else(|_| Ident::new_raw(new, ident.span()));
        }
    }
}
