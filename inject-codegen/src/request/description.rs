//! What an OpenAPI document says of a function: its types, for the runtime to look at, and its doc comment.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, Expr, ExprLit, GenericArgument, Lit, Meta, PathArguments, ReturnType, Type, parse_quote,
    visit_mut::{VisitMut, visit_type_mut},
};

use crate::{
    paths::Runtime,
    types::{first_of_result, only_argument_of, ungrouped},
};

/// What is known of a parameter of type `ty`, as a slice.
pub(crate) fn of_parameter(ty: &Type, runtime: &Runtime) -> TokenStream {
    let probe = runtime.private("Probe");
    let segments = match only_argument_of(ty, "Path").map(ungrouped) {
        None => Vec::new(),
        Some(Type::Tuple(tuple)) => tuple.elems.iter().map(|it| quote!(#probe::<#it>::SEGMENT,)).collect(),
        Some(only) => vec![quote!(#probe::<#only>::PATH, #probe::<#only>::SEGMENT,)],
    };
    let inner = if segments.is_empty() { inner_types(ty) } else { Vec::new() };
    quote!(&[#(#segments)* #probe::<#ty>::INPUT, #(#probe::<#inner>::SCHEMA),*])
}

/// The types in the arguments of the arguments of `ty`: `Book` of `Json<Page<Book>>`. The schema of a page refers to that of a book, but
/// utoipa does not say what that is.
fn inner_types(ty: &Type) -> Vec<&Type> {
    fn add<'a>(ty: &'a Type, depth: usize, inner: &mut Vec<&'a Type>) {
        let Type::Path(path) = ungrouped(ty) else { return };
        if depth > 1 && !inner.contains(&ty) {
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

/// What is known of the type `name`, which stands for what a function returns, as a slice.
pub(crate) fn of_output(output: &ReturnType, name: &TokenStream, runtime: &Runtime) -> TokenStream {
    let probe = runtime.private("Probe");
    let [output_of, success, failure] = ["OUTPUT", "SUCCESS", "FAILURE"].map(|it| {
        let known = syn::Ident::new(it, proc_macro2::Span::call_site());
        quote!(#probe::<#name>::#known)
    });
    let ReturnType::Type(_, ty) = output else { return quote!(&[#output_of]) };
    let (known, answer) = match (first_of_result(ty), ungrouped(ty)) {
        (Some(answer), _) => (quote!(#success, #failure), answer),
        // A result may be called otherwise.
        (None, Type::Path(_)) => (quote!(#output_of, #success, #failure), &**ty),
        (None, _) => (output_of, &**ty),
    };
    let inner: Vec<_> = inner_types(answer).into_iter().map(|it| without_impl_trait(it, runtime)).collect();
    quote!(&[#known, #(#probe::<#inner>::SCHEMA),*])
}

/// What a function returns, as a type that can be named.
pub(crate) fn named_output(output: &ReturnType, runtime: &Runtime) -> Type {
    let ReturnType::Type(_, ty) = output else { return parse_quote!(()) };
    without_impl_trait(ty, runtime)
}

fn without_impl_trait(ty: &Type, runtime: &Runtime) -> Type {
    let mut ty = ty.clone();
    WithoutImplTrait { runtime }.visit_type_mut(&mut ty);
    ty
}

struct WithoutImplTrait<'a> {
    runtime: &'a Runtime,
}

impl VisitMut for WithoutImplTrait<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(_) = ty {
            *ty = Type::Verbatim(self.runtime.private("Unnamed"));
        }
        visit_type_mut(self, ty);
    }
}

/// The doc comment, as an expression.
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

/// The doc comment of an item, as text: empty where rustc alone could read it.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines = docs(attributes).map(|value| match value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => line.value(),
        _ => String::new(),
    });
    let lines: Vec<_> = lines.map(|it| it.strip_prefix(' ').map_or(it.clone(), str::to_owned)).collect();
    lines.join("\n").trim().to_owned()
}
