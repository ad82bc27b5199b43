//! Identifiers that expansions introduce, and names as messages show them.
//!
//! Type parameters share a name space with the types of the user, so they carry underscores; locals are hygienic.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Ident;

macro_rules! locals {
    ($($(#[$doc:meta])* $function:ident = $name:literal;)*) => {
        /// Names of the locals of expansions. They are hygienic; a tool that prints expansions keeps them apart from the user's.
        pub const LOCALS: &[&str] = &[$($name),*];

        $(
            $(#[$doc])*
            pub(crate) fn $function() -> Ident {
                Ident::new($name, Span::mixed_site())
            }
        )*
    };
}

locals! {
    /// The state of a router.
    state = "state";
    /// The source of dependencies.
    source = "source";
    /// The builder, as a value.
    builder_value = "builder";
    /// The parts of the request.
    parts = "parts";
    /// The request to an endpoint.
    request = "request";
    /// What a value of the request is extracted from.
    context = "context";
    /// The container of a request: an `&Arc<C>`.
    container_value = "container";
    /// The graph data of a field.
    field_value = "field";
    /// The place for the value of a provider.
    slot = "slot";
    /// The draft of an operation.
    draft = "draft";
    /// The variants of an error.
    variants = "variants";
    /// The principal that a guard has extracted.
    principal = "principal";
    /// A value that a provider or a constructor has made.
    value = "value";
    /// The answer of an endpoint to a request.
    answer = "answer";
    /// The rest of a request.
    next = "next";
    /// The error in a field of an error.
    inner = "inner";
}

/// Beginnings of the names of numbered locals, which a number follows.
pub const NUMBERED_LOCALS: &[&str] = &["parameter_", "field_"];

/// The number of elements up to which the runtime implements its traits of lists for tuples.
pub(crate) const LONGEST_LIST: usize = 32;

/// The number of elements up to which the runtime implements its traits of parameters for tuples.
pub(crate) const LONGEST_PARAMETER_LIST: usize = 8;

/// The container that a component is wired for.
pub(crate) fn container() -> TokenStream {
    quote!(__C)
}

/// The use of an injected value.
pub(crate) fn usage() -> TokenStream {
    quote!(__U)
}

/// The enum of the roles of an endpoint.
pub(crate) fn role() -> TokenStream {
    quote!(__Role)
}

/// The proof of a container or of a policy, as a type.
pub(crate) fn proof() -> TokenStream {
    quote!(__Proof)
}

/// The proof of the modules of a container, as a type.
pub(crate) fn module_proof() -> TokenStream {
    quote!(__ModuleProof)
}

/// The type of the source of dependencies.
pub(crate) fn source_type() -> TokenStream {
    quote!(__S)
}

/// The implementation of a port.
pub(crate) fn implementation_type() -> TokenStream {
    quote!(__T)
}

/// The state of a router.
pub(crate) fn state_type() -> TokenStream {
    quote!(__S)
}

/// `AppInputs` for `App`.
pub(crate) fn inputs(container: &Ident) -> Ident {
    format_ident!("{container}Inputs")
}

/// `AppBuilder` for `App`.
pub(crate) fn builder(container: &Ident) -> Ident {
    format_ident!("{container}Builder")
}

/// The keys of the fields of a container: a private type with the number of the field as its parameter.
pub(crate) fn field_keys() -> Ident {
    format_ident!("__Field")
}

/// The keys of the conditional dependencies of a component.
pub(crate) fn conditional_keys() -> Ident {
    format_ident!("__Dependency")
}

/// The parameter of `new` for a field of a tuple struct.
pub(crate) fn tuple_field(index: usize) -> Ident {
    format_ident!("field_{index}", span = Span::mixed_site())
}

/// axum's marker of the last parameter of an endpoint.
pub(crate) fn marker() -> TokenStream {
    quote!(__M)
}

/// The strategy of a provider.
pub(crate) fn strategy() -> TokenStream {
    quote!(__P)
}

/// The value of a parameter.
pub(crate) fn parameter(index: usize) -> Ident {
    format_ident!("parameter_{index}", span = Span::mixed_site())
}

/// The sort of a parameter.
pub(crate) fn sort(index: usize) -> Ident {
    format_ident!("__Sort{index}")
}

/// Whether a parameter can be extracted several times.
pub(crate) fn repetition(index: usize) -> Ident {
    format_ident!("__Repetition{index}")
}

/// An around function of an endpoint.
pub(crate) fn around(index: usize) -> Ident {
    format_ident!("__Around{index}")
}

/// Whether a parameter is the policy.
pub(crate) fn guard(index: usize) -> Ident {
    format_ident!("__GUARD{index}")
}

/// The sort of the principal of an endpoint.
pub(crate) fn principal_sort() -> Ident {
    format_ident!("__PrincipalSort")
}

/// Returns `name` as messages show it: without `r#`.
pub(crate) fn display_name(name: &Ident) -> String {
    use syn::ext::IdentExt as _;
    name.unraw().to_string()
}

/// Returns a type or path as messages show it: `Arc<dyn Mailer>`.
pub(crate) fn display_type(ty: &impl ToTokens) -> String {
    let mut text = String::new();
    print(ty.to_token_stream(), &mut text);
    text
}

/// Prints tokens with the spaces that rustfmt would write.
fn print(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                separate(text, open.chars().next());
                text.push_str(open);
                print(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                '+' | '=' => {
                    text.push(' ');
                    text.push(punct.as_char());
                }
                '>' if text.ends_with('-') => {
                    text.truncate(text.len() - 1);
                    text.push_str(" ->");
                }
                sign => {
                    if matches!(sign, '&' | '*' | '\'' | '<') && text.ends_with([',', '+', '=', ';']) {
                        text.push(' ');
                    }
                    text.push(sign);
                }
            },
            token => {
                let word = token.to_string();
                separate(text, word.chars().next());
                text.push_str(&word);
            }
        }
    }
}

/// Adds a space before `next` if rustfmt would write one there.
fn separate(text: &mut String, next: Option<char>) {
    let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '\'' | '"');
    let Some(last) = text.chars().last() else { return };
    let follows = matches!(last, ',' | '+' | '=' | ';')
        || text.ends_with("->")
        || text.ends_with(": ")
        || (is_word(last) && last != '\'' && next.is_some_and(is_word));
    // `&mut [u8]`, but `Vec<[u8]>`.
    let after_keyword = ["mut", "dyn", "impl", "as", "for"].iter().any(|keyword| text.ends_with(keyword));
    // `name: Type`, but `path::Type`.
    let annotates = last == ':' && !text.ends_with("::");
    if follows || annotates || (after_keyword && matches!(next, Some('[' | '('))) {
        text.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::display_type;

    #[test]
    fn types_are_shown_as_rustfmt_writes_them() {
        for ty in [
            "Arc<dyn Mailer>",
            "Arc<dyn Mailer + Send + Sync>",
            "std::sync::Arc<[Arc<dyn Check>]>",
            "&'static str",
            "&mut [u8; 4]",
            "HashMap<String, Vec<(u8, i32)>>",
            "fn(u8, &str) -> Result<(), E>",
            "<T as Trait>::Output",
            "Box<dyn Fn(&Settings) -> bool + Send>",
            "Option<impl Iterator<Item = u8>>",
            "users::UserRole",
            "r#type::Thing",
            "Plan::Seats { at_least: 2 }",
        ] {
            let tokens: proc_macro2::TokenStream = ty.parse().expect("tokens");
            assert_eq!(display_type(&tokens), ty);
        }
    }
}
