//! `#[layer]`: a user-defined layer.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Fields, ItemStruct, Meta, Path, Token, parse::Parser as _, punctuated::Punctuated};

use crate::{
    attributes::{Keys, is_same, path_value},
    errors::Errors,
    names,
    paths::Runtime,
};

/// A layer and its rules.
struct Model {
    item: ItemStruct,
    runtime: Runtime,
    /// Layers that it may depend on, except `Common`.
    may_depend_on: Vec<Path>,
    /// Layers of other crates that may depend on it.
    used_by: Vec<Path>,
}

/// Expands `#[layer]`.
#[must_use]
pub fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let model = match syn::parse2::<ItemStruct>(item.clone()) {
        Ok(struct_item) => validate(args, struct_item, &mut errors),
        Err(_) => {
            errors.at_call_site("a layer is a unit struct: `#[layer(may_depend_on(..))] pub struct Application;` [inject/shape]");
            return errors.append_to(item);
        }
    };
    let expansion = generate(&model);
    let item = &model.item;
    errors.append_to(quote!(#item #expansion))
}

fn validate(args: TokenStream, item: ItemStruct, errors: &mut Errors) -> Model {
    if !matches!(item.fields, Fields::Unit) {
        errors.at(&item.fields, "a layer has no fields: make it a unit struct [inject/shape]");
    }
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "a layer has no generic parameters [inject/shape]");
    }
    let mut model =
        Model { item, runtime: Runtime::default(), may_depend_on: Vec::new(), used_by: Vec::new() };
    let keys = Keys { attribute: "#[layer(..)]", known: &["crate", "may_depend_on", "used_by"] };
    if !args.is_empty() {
        keys.read(args, errors, |key, meta, errors| match key {
            "crate" => {
                if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                    model.runtime = Runtime::from(path);
                }
            }
            "may_depend_on" => model.may_depend_on = read_layers(meta, errors),
            _ => model.used_by = read_layers(meta, errors),
        });
    }
    model
}

/// Reads the layers of `may_depend_on(Domain, Ports)`, and reports repeated ones.
fn read_layers(meta: &Meta, errors: &mut Errors) -> Vec<Path> {
    let Meta::List(list) = meta else {
        let key = meta.path().to_token_stream();
        errors.at(meta, format_args!("expected layers, as in `{key}(Domain, Ports)` [inject/shape]"));
        return Vec::new();
    };
    let parser = Punctuated::<Path, Token![,]>::parse_terminated;
    let mut layers: Vec<Path> = Vec::new();
    for layer in errors.take(parser.parse2(list.tokens.clone())).into_iter().flatten() {
        if layers.iter().any(|known| is_same(known, &layer)) {
            errors.at(&layer, "this layer is listed twice: keep one [inject/shape]");
        } else if layer.to_token_stream().to_string().ends_with(":: layer :: Common") {
            errors.at(&layer, "every layer may depend on `Common`: leave it out [inject/shape]");
        } else {
            layers.push(layer);
        }
    }
    layers
}

// Input:
//     #[layer(may_depend_on(Domain), used_by(Route))]
//     pub struct Application;
//
// Output:
//     impl Layer for Application { const NAME: &'static str = "Application"; }
//     impl MayDependOn<Common> for Application {}
//     impl MayDependOn<Domain> for Application {}
//     impl MayDependOn<Application> for Route {}
fn generate(model: &Model) -> TokenStream {
    let Model { item, runtime, may_depend_on, used_by } = model;
    let ident = &item.ident;
    let name = names::display_name(ident);
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    runtime.block(&quote! {
        #[automatically_derived]
        impl #impl_generics __rt::Layer for #ident #ty_generics #where_clause {
            const NAME: &'static str = #name;
        }
        #[automatically_derived]
        impl #impl_generics __rt::MayDependOn<__rt::layer::Common> for #ident #ty_generics #where_clause {}
        #(
            #[automatically_derived]
            impl #impl_generics __rt::MayDependOn<#may_depend_on> for #ident #ty_generics #where_clause {}
        )*
        #(
            #[automatically_derived]
            impl #impl_generics __rt::MayDependOn<#ident #ty_generics> for #used_by #where_clause {}
        )*
    })
}
