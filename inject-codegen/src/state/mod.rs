//! `#[derive(HasContainer)]`: the state of a router, with a container in one of its fields.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields, Index, Member, spanned::Spanned as _};

use crate::{
    attributes::{PathsAndRuntime, is_called},
    errors::Errors,
    implementations::layered,
    paths::Runtime,
    spans::respan_path,
};

// Input:
//     #[derive(Clone, HasContainer)]
//     pub struct AppState { pool: PgPool, #[container] app: Arc<App> }
//
// Output:
//     impl Layered for AppState { type Layer = CompositionRoot; }
//     impl HasContainer for AppState {
//         type Container = <Arc<App> as HasContainer>::Container;
//         fn container(&self) -> &Arc<Self::Container> {
//             HasContainer::container(&self.app)
//         }
//     }
/// Expands `#[derive(HasContainer)]`.
#[must_use]
pub fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(item) = errors.take(syn::parse2::<DeriveInput>(item)) else {
        return errors.append_to(TokenStream::new());
    };
    let runtime = runtime(&item, &mut errors);
    let Some((member, field)) = container_field(&item, &mut errors) else {
        return errors.append_to(TokenStream::new());
    };
    let (ident, ty) = (&item.ident, &field.ty);
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    let container = respan_path(ty, quote!(<#ty as __rt::HasContainer>::Container));
    let layered =
        layered(&item.generics, &quote!(#ident #ty_generics), &quote!(__rt::layer::CompositionRoot));
    errors.append_to(runtime.block(&quote! {
        #layered
        #[automatically_derived]
        impl #impl_generics __rt::HasContainer for #ident #ty_generics #where_clause {
            type Container = #container;

            fn container(&self) -> &__rt::Arc<Self::Container> {
                __rt::HasContainer::container(&self.#member)
            }
        }
    }))
}

/// Reads `#[container(crate = path)]` on the item.
fn runtime(item: &DeriveInput, errors: &mut Errors) -> Runtime {
    for attribute in item.attrs.iter().filter(|attribute| is_called(attribute, "container")) {
        match attribute.parse_args::<PathsAndRuntime>() {
            Ok(PathsAndRuntime { paths, runtime }) if paths.is_empty() => return runtime,
            _ => errors.at(
                attribute,
                "expected `#[container(crate = path::to::inject_runtime)]`, or `#[container]` on the field with the container [inject/container]",
            ),
        }
    }
    Runtime::default()
}

/// Returns the field under `#[container]`, or the only field.
fn container_field<'a>(item: &'a DeriveInput, errors: &mut Errors) -> Option<(Member, &'a Field)> {
    const USAGE: &str =
        "put `#[container]` on the field with the container, an `Arc<App>` [inject/container]";
    let Data::Struct(data) = &item.data else {
        errors.at(
            &item.ident,
            "`HasContainer` is derived for structs: put the container in a field of one [inject/container]",
        );
        return None;
    };
    let fields = || data.fields.iter().enumerate();
    let marked: Vec<_> = fields()
        .filter(|(_, field)| field.attrs.iter().any(|attribute| is_called(attribute, "container")))
        .collect();
    let (index, field) = match (&marked[..], data.fields.len()) {
        ([marked], _) => *marked,
        ([], 1) => fields().next()?,
        ([], _) => {
            errors.at(&item.ident, USAGE);
            return None;
        }
        ([_, second, ..], _) => {
            errors.at(second.1, "a state has one container: keep one `#[container]` [inject/container]");
            return None;
        }
    };
    let member = match (&field.ident, &data.fields) {
        (Some(name), Fields::Named(_)) => Member::Named(name.clone()),
        _ => Member::Unnamed(Index { index: u32::try_from(index).ok()?, span: field.ty.span() }),
    };
    Some((member, field))
}
