//! The identifiers that expansions introduce.
//!
//! Type parameters share a name space with the types of the user, so they carry underscores; locals are hygienic.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Ident;

/// The container that a component is wired for.
pub(crate) fn container() -> TokenStream {
    quote!(__C)
}

/// The source that dependencies are read from: its type.
pub(crate) fn source_type() -> TokenStream {
    quote!(__S)
}

/// The source that dependencies are read from.
pub(crate) fn source() -> Ident {
    Ident::new("source", Span::mixed_site())
}

/// `AppInputs` for `App`.
pub(crate) fn inputs(container: &Ident) -> Ident {
    format_ident!("{container}Inputs")
}

/// `AppBuilder` for `App`.
pub(crate) fn builder(container: &Ident) -> Ident {
    format_ident!("{container}Builder")
}

/// A builder, as a value: a factory may be called the same.
pub(crate) fn builder_value() -> Ident {
    Ident::new("builder", Span::mixed_site())
}

/// The keys of the fields of a container: a private type with the number of the field as its parameter.
pub(crate) fn field_keys() -> Ident {
    format_ident!("__Field")
}

/// The keys of the conditional dependencies of a component.
pub(crate) fn conditional_keys(component: &str) -> Ident {
    format_ident!("__{component}Dependency")
}

/// The parameter of `new` for a field of a tuple struct.
pub(crate) fn tuple_field(index: usize) -> Ident {
    format_ident!("field_{index}", span = Span::mixed_site())
}

/// The request parts, in a function that extracts.
pub(crate) fn parts() -> Ident {
    Ident::new("parts", Span::mixed_site())
}

/// The body of a request.
pub(crate) fn body() -> Ident {
    Ident::new("body", Span::mixed_site())
}

/// Axum's mark of what the last parameter of an endpoint reads.
pub(crate) fn mark() -> TokenStream {
    quote!(__M)
}

/// The container that requests are answered with: an `&Arc<C>`.
pub(crate) fn container_value() -> Ident {
    Ident::new("container", Span::mixed_site())
}

/// What is done before a provider runs, and after.
pub(crate) fn strategy() -> TokenStream {
    quote!(__P)
}

/// Whether others will ask for what is provided.
pub(crate) fn shared() -> Ident {
    Ident::new("shared", Span::mixed_site())
}

/// What the description of an operation is added to.
pub(crate) fn draft() -> Ident {
    Ident::new("draft", Span::mixed_site())
}

/// What a provider returns.
pub(crate) fn outcome() -> Ident {
    Ident::new("outcome", Span::mixed_site())
}

/// The principal that a guard has extracted.
pub(crate) fn principal() -> Ident {
    Ident::new("principal", Span::mixed_site())
}

/// The value of a parameter.
pub(crate) fn parameter(index: usize) -> Ident {
    format_ident!("parameter_{index}", span = Span::mixed_site())
}

/// A type or path as it is shown to people: `Arc<dyn Mailer>`.
pub(crate) fn shown_type(ty: &impl ToTokens) -> String {
    let spaced = ty.to_token_stream().to_string();
    let mut name = spaced;
    for (spaced, tight) in [
        (" < ", "<"),
        ("< ", "<"),
        (" <", "<"),
        (" >", ">"),
        (" ,", ","),
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        ("& ", "&"),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
    ] {
        name = name.replace(spaced, tight);
    }
    name
}

/// The field of an error that another error is behind.
pub(crate) fn inner() -> Ident {
    Ident::new("inner", Span::mixed_site())
}

/// `name` as it is shown to people: without `r#`.
pub(crate) fn shown(name: &Ident) -> String {
    use syn::ext::IdentExt as _;
    name.unraw().to_string()
}
