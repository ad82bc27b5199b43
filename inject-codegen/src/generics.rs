//! Generic parameters of components.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Ident, Type};

use crate::{errors::Errors, names, types::ungrouped};

/// Returns `generics` with the container as an additional parameter, under `bound`.
pub(crate) fn with_container(generics: &Generics, bound: &TokenStream) -> Generics {
    with_parameter(generics, &names::container(), bound)
}

/// Returns `generics` with the additional parameter `name`, under `bound`.
pub(crate) fn with_parameter(generics: &Generics, name: &TokenStream, bound: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    generics.params.push(syn::parse_quote!(#name: #bound));
    generics
}

/// Reports lifetime parameters, because a component owns its dependencies.
pub(crate) fn reject_lifetimes(generics: &Generics, errors: &mut Errors) {
    for lifetime in generics.lifetimes() {
        errors.at(lifetime, "a component owns its dependencies and cannot have a lifetime: hold `T` or `Arc<T>` [inject/shape]");
    }
}

/// Returns whether `tokens` contain one of the type or const parameters.
pub(crate) fn has_parameter(generics: &Generics, tokens: &impl ToTokens) -> bool {
    fn any(tokens: TokenStream, names: &[&Ident]) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => names.contains(&&ident),
            TokenTree::Group(group) => any(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    let names: Vec<_> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    !names.is_empty() && any(tokens.to_token_stream(), &names)
}

/// Returns whether `ty` is one of the type parameters.
pub(crate) fn is_parameter(generics: &Generics, ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else { return false };
    generics.type_params().any(|parameter| path.qself.is_none() && path.path.is_ident(&parameter.ident))
}

/// Returns the where clause of `generics` with `predicates` added, or nothing without any predicate.
pub(crate) fn where_clause<'a>(
    generics: &Generics,
    predicates: impl Iterator<Item = &'a TokenStream>,
) -> TokenStream {
    let own = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let all: Vec<_> = own.map(ToTokens::to_token_stream).chain(predicates.cloned()).collect();
    if all.is_empty() { TokenStream::new() } else { quote!(where #(#all),*) }
}
