//! A stereotype on a struct: every field is a dependency.
//!
//! ```text
//! ItemStruct --ast--> Ast --validate--> Model --expand--> TokenStream
//! ```

mod ast;
mod expand;
mod request;
mod validate;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Item, ItemStruct};

use crate::{errors::Errors, stereotype::StereotypeArgs};

/// Expands a stereotype on a struct.
pub(crate) fn expand(args: StereotypeArgs, item: ItemStruct, mut errors: Errors) -> TokenStream {
    if args.layer_only {
        args.reject_request_scope("with `layer_only` there is no wiring, and no scope", &mut errors);
        let layer = expand::layer(&args, &item.ident, &item.generics);
        return errors.beside(quote!(#item #layer));
    }
    let ast = ast::Ast::read(args, item);
    let model = validate::validate(ast, &mut errors);
    let expansion =
        if model.args.request.is_some() { request::expand(&model) } else { expand::expand(&model) };
    let item = &model.item;
    errors.beside(quote!(#item #expansion))
}

/// Expands a stereotype on an enum or a union, which cannot be built from dependencies but can be in a layer.
pub(crate) fn expand_layer_only(args: &StereotypeArgs, item: &Item, mut errors: Errors) -> TokenStream {
    let (keyword, ident, generics) = match item {
        Item::Enum(item) => (item.enum_token.to_token_stream(), &item.ident, &item.generics),
        Item::Union(item) => (item.union_token.to_token_stream(), &item.ident, &item.generics),
        _ => return errors.beside(item),
    };
    if !args.layer_only {
        let attribute = args.attribute.trim_end_matches(']');
        let article = if matches!(item, Item::Enum(_)) { "an" } else { "a" };
        errors.at(&keyword, format_args!(
            "{article} {keyword} cannot be built from dependencies: use a struct, or `{attribute}(layer_only)]` to put the type in the layer without wiring [inject/shape]",
        ));
    }
    args.reject_request_scope("only a struct is built from a request", &mut errors);
    let layer = expand::layer(args, ident, generics);
    errors.beside(quote!(#item #layer))
}
