//! Description of a function in an OpenAPI document: its types, which the runtime probes, and its doc comment.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Expr, ExprLit, GenericArgument, Lit, Meta, PathArguments, ReturnType, Type};

use crate::types::{first_of_result, only_argument_of, ungrouped};

/// Descriptions of a parameter of type `ty`, as a slice.
pub(crate) fn of_parameter(ty: &Type) -> TokenStream {
    let segments = match only_argument_of(ty, "Path").map(ungrouped) {
        None => Vec::new(),
        Some(Type::Tuple(tuple)) => {
            tuple.elems.iter().map(|element| quote!(__rt::Probe::<#element>::SEGMENT,)).collect()
        }
        Some(only) => vec![quote!(__rt::Probe::<#only>::PATH, __rt::Probe::<#only>::SEGMENT,)],
    };
    let inner = if segments.is_empty() { inner_types(ty) } else { Vec::new() };
    quote!(&[#(#segments)* __rt::Probe::<#ty>::INPUT #(, __rt::Probe::<#inner>::SCHEMA)*])
}

/// The types in the arguments of the arguments of `ty`: `Book` of `Json<Page<Book>>`. The schema of a page refers to that of a book, and
/// utoipa does not include the latter.
fn inner_types(ty: &Type) -> Vec<&Type> {
    fn add<'a>(ty: &'a Type, depth: usize, inner: &mut Vec<&'a Type>) {
        let Type::Path(path) = ungrouped(ty) else { return };
        if depth > 1 && is_nameable(ty) && !inner.contains(&ty) {
            inner.push(ty);
        }
        for segment in &path.path.segments {
            let PathArguments::AngleBracketed(arguments) = &segment.arguments else { continue };
            for argument in &arguments.args {
                if let GenericArgument::Type(argument) = argument {
                    add(argument, depth + 1, inner);
                }
            }
        }
    }
    let mut inner = Vec::new();
    add(ty, 0, &mut inner);
    inner
}

/// Returns whether `ty` contains no `impl Trait`.
fn is_nameable(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::ImplTrait(_) => false,
        Type::Tuple(tuple) => tuple.elems.iter().all(is_nameable),
        Type::Path(path) => path.path.segments.iter().all(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().all(|argument| match argument {
                    GenericArgument::Type(ty) => is_nameable(ty),
                    _ => true,
                })
            }
            _ => true,
        }),
        _ => true,
    }
}

/// Descriptions of the types that the schema of a return type refers to, as a slice.
pub(crate) fn of_output(output: &ReturnType) -> Option<TokenStream> {
    let ReturnType::Type(_, ty) = output else { return None };
    let inner = inner_types(first_of_result(ty).unwrap_or(ty));
    (!inner.is_empty()).then(|| quote!(&[#(__rt::Probe::<#inner>::SCHEMA),*]))
}

/// Returns the doc comment as an expression.
pub(crate) fn doc_comment(attributes: &[Attribute]) -> TokenStream {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    for value in docs(attributes) {
        match value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => {
                text.push_str(&line.value());
            }
            // Such as `include_str!`, which rustc expands.
            other => {
                pieces.push(std::mem::take(&mut text).to_token_stream());
                pieces.push(other.to_token_stream());
            }
        }
        text.push('\n');
    }
    let text = text.trim_end();
    if pieces.is_empty() { quote!(#text) } else { quote!(::core::concat!(#(#pieces,)* #text)) }
}

fn docs(attributes: &[Attribute]) -> impl Iterator<Item = &Expr> {
    attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => Some(&meta.value),
        _ => None,
    })
}

/// Returns the doc comment of an item as text. An `include_str!`, which only rustc can expand, is an empty line.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines = docs(attributes).map(|value| match value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => line.value(),
        _ => String::new(),
    });
    let lines: Vec<_> =
        lines.map(|line| line.strip_prefix(' ').map_or(line.clone(), str::to_owned)).collect();
    lines.join("\n").trim().to_owned()
}
