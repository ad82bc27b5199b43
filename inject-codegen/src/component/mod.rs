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

use crate::{errors::Errors, implementations::layered, stereotype::StereotypeArgs};

/// Expands a stereotype on a struct.
pub(crate) fn expand(args: StereotypeArgs, item: ItemStruct, mut errors: Errors) -> TokenStream {
    let ast = ast::Ast::read(args, item);
    let model = validate::validate(ast, &mut errors);
    let expansion = if model.args.is_of_request() { request::expand(&model) } else { expand::expand(&model) };
    let item = &model.item;
    errors.append_to(quote!(#item #expansion))
}

/// Reports a stereotype on an enum or a union, which cannot be built from dependencies, and puts the type in the layer.
pub(crate) fn reject_enum(args: &StereotypeArgs, item: &Item, mut errors: Errors) -> TokenStream {
    let (keyword, ident, generics) = match item {
        Item::Enum(item) => (item.enum_token.to_token_stream(), &item.ident, &item.generics),
        Item::Union(item) => (item.union_token.to_token_stream(), &item.ident, &item.generics),
        _ => return errors.append_to(item),
    };
    let article = if matches!(item, Item::Enum(_)) { "an" } else { "a" };
    errors.at(&keyword, format_args!(
        "{article} {keyword} cannot be built from dependencies: use a struct, or `#[in_layer({})]` for a type that has a layer and no wiring [inject/shape]",
        args.layer_name(),
    ));
    let (_, ty_generics, _) = generics.split_for_impl();
    let layered = args.runtime.block(&layered(generics, &quote!(#ident #ty_generics), &args.layer));
    errors.append_to(quote!(#item #layered))
}
