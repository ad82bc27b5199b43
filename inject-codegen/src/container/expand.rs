//! The code of a container or module.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use super::{
    ast::Kind,
    fields::{implementations, no_cycle, spec},
    layering::factories,
    model::{Field, Model, Recipe},
    module,
};
use crate::{
    names,
    spans::{respan, respan_path, with_span},
    transaction::Settings,
};

// Input:
//     #[container]
//     pub struct App {
//         #[input] settings: Arc<Settings>,
//         #[factory(connect)] db: SqlitePool,
//     }
//
// Output:
//     pub struct AppInputs { pub settings: Arc<Settings> }
//     pub struct AppBuilder { settings: Slot<Arc<Settings>>, db: Slot<SqlitePool> }
//     impl AppBuilder { fn settings(..) fn db(..) fn build(..) }
//     impl App { fn builder(..) fn resolve(..) fn graph() fn shutdown(..) }
//     const PROVEN: bool = ..                          // that `App` can build its components, as one obligation
//     impl Container for App { .. }                    // the list of fields, the order to build them in
//     impl Field<__Field<1>> for App { type Value = SqlitePool; .. }
//     impl<U: Allows<SqlitePool>> Injectable<App, U> for SqlitePool { .. } // a clone of the field
//     const _: () = ..                                 // one for each field: no cycle closes here
//     const _: fn() = ..                               // one for each factory: it takes what its output may depend on
pub(super) fn expand(model: &Model) -> TokenStream {
    let inputs = inputs(model);
    let builder = builder(model);
    let methods = methods(model);
    let (container, keys) = (container(model), names::field_keys());
    let fields = keyed(model).map(|(key, field)| implementations(model, &key, field));
    let checks = keyed(model).map(|(key, field)| no_cycle(&key, field));
    let factories = factories(model);
    let module = module::module(model);
    let (module_proofs, module_setters) = (module::proofs(model), module::setters(model));
    let block = model.runtime.block(&quote! {
        #[allow(dead_code, reason = "never constructed")]
        struct #keys<const NUMBER: ::core::primitive::usize>;
        #module_proofs
        #container
        #(#fields)*
        #(#checks)*
        #factories
        #module
        #module_setters
    });
    quote! {
        #inputs
        #builder
        #methods
        #block
    }
}

/// Key that distinguishes the implementations of the fields: a private type with the number of the field.
pub(super) struct Key {
    number: Literal,
}

impl Key {
    pub(super) fn of(number: usize) -> Self {
        Self { number: Literal::usize_unsuffixed(number) }
    }

    pub(super) fn number(&self) -> &Literal {
        &self.number
    }
}

impl ToTokens for Key {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (keys, number) = (names::field_keys(), &self.number);
        quote!(#keys<#number>).to_tokens(tokens);
    }
}

/// The fields with their keys.
fn keyed(model: &Model) -> impl Iterator<Item = (Key, &Field)> {
    model.fields.iter().enumerate().map(|(number, field)| (Key::of(number), field))
}

fn inputs_of(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| matches!(field.recipe, Recipe::Input | Recipe::Required))
}

/// Returns `AppInputs`, if there are inputs.
fn inputs(model: &Model) -> TokenStream {
    if inputs_of(model).next().is_none() {
        return TokenStream::new();
    }
    let Model { vis, ident, .. } = model;
    let inputs = names::inputs(ident);
    let fields = inputs_of(model).map(|Field { ident, ty, cfgs, .. }| {
        let doc = format!(" The value of the field `{}`.", names::display_name(ident));
        quote!(#[doc = #doc] #(#cfgs)* #vis #ident: #ty)
    });
    let attribute = if model.kind == Kind::Module { "required" } else { "input" };
    let doc = format!(" Inputs of [`{ident}`]: the fields under `#[{attribute}]`.");
    quote! {
        #[doc = #doc]
        #[allow(private_interfaces, reason = "a field may have a private type")]
        #vis struct #inputs { #(#fields),* }
    }
}

/// `AppBuilder`: a slot for each field.
fn builder(model: &Model) -> TokenStream {
    let Model { runtime, vis, ident, fields, .. } = model;
    let (builder, private) = (names::builder(ident), runtime.private());
    let slots = fields.iter().map(|Field { ident, ty, cfgs, recipe, .. }| match recipe {
        Recipe::Module(include) => {
            let module = &include.module;
            quote!(#(#cfgs)* #ident: #private::ModuleSlot<#module>)
        }
        _ => quote!(#(#cfgs)* #ident: #private::Slot<#ty>),
    });
    let doc =
        format!(" Builder of [`{ident}`]: [`build`](Self::build) makes every field that was not handed in.");
    quote! {
        #[doc = #doc]
        #[must_use = "a builder does nothing until `build` is awaited"]
        #vis struct #builder { #(#slots),* }
    }
}

/// The methods of the builder and of the container. They stand outside of the block, so that messages name them `App::resolve`.
fn methods(model: &Model) -> TokenStream {
    let Model { runtime, vis, ident, fields, .. } = model;
    let (builder, inputs, private) = (names::builder(ident), names::inputs(ident), runtime.private());
    let setters = model
        .fields()
        .map(|(_, field)| field)
        .filter(|field| field.ident != "build" && field.ident != "build_only")
        .filter(|field| !matches!(field.recipe, Recipe::PerRequest { .. } | Recipe::Module(_)))
        .map(|Field { ident, ty, cfgs, .. }| {
            let doc = format!(" Sets the field `{}`, which is then not built.", names::display_name(ident));
            quote! {
                #[doc = #doc]
                #(#cfgs)*
                #vis fn #ident(mut self, #ident: #ty) -> Self {
                    self.#ident = #private::Slot::filled(#ident);
                    self
                }
            }
        });
    let parameter = inputs_of(model).next().map(|_| quote!(inputs: #inputs));
    let slots = fields.iter().map(|Field { ident, cfgs, recipe, .. }| match recipe {
        Recipe::Input | Recipe::Required => {
            quote!(#(#cfgs)* #ident: #private::Slot::filled(inputs.#ident))
        }
        Recipe::PerRequest { .. } => {
            quote!(#(#cfgs)* #ident: #private::Slot::filled(#private::PerRequest::BINDING))
        }
        Recipe::Module(_) => quote!(#(#cfgs)* #ident: #private::ModuleSlot::empty()),
        _ => quote!(#(#cfgs)* #ident: #private::Slot::empty()),
    });
    quote! {
        #[automatically_derived]
        #[allow(dead_code, private_interfaces, reason = "setters are for tests")]
        impl #builder {
            #(#setters)*

            /// Builds every field after its dependencies, and concurrently with every field that it does not depend on.
            ///
            /// # Errors
            ///
            /// The first constructor that fails. The fields that were built by then are shut down.
            #vis async fn build(self) -> ::core::result::Result<#private::Arc<#ident>, #private::BuildError> {
                #private::start::<#ident>(self).await
            }

            /// Builds a `T` and the fields that it needs, and no others: for unit tests, commands and workers.
            ///
            /// # Errors
            ///
            /// The first constructor that fails. The fields that were built by then are shut down.
            #vis async fn build_only<__T: #private::Injectable<#ident, #private::External>>(
                self,
            ) -> ::core::result::Result<#private::Slice<#ident, __T>, #private::BuildError> {
                #private::start_only::<#ident, __T>(self).await
            }
        }

        #[automatically_derived]
        #[allow(dead_code, reason = "not every program calls all methods")]
        impl #ident {
            /// Creates a builder.
            #vis fn builder(#parameter) -> #builder {
                #builder { #(#slots),* }
            }

            /// Resolves a `T`: builds a component, or clones a field.
            #[must_use]
            #[inline]
            #vis fn resolve<__T: #private::Injectable<Self, #private::External>>(&self) -> __T {
                #private::Injectable::inject(self)
            }

            /// Returns the dependency graph, which renders as Mermaid, DOT and JSON.
            #[must_use]
            #vis const fn graph() -> #private::Graph<Self> {
                <Self as #private::Container>::GRAPH
            }

            /// Runs the shutdown hooks in reverse dependency order, each under its deadline. It needs a Tokio runtime with a timer.
            ///
            /// # Errors
            ///
            /// Names every hook that failed, panicked or exceeded its deadline. The other hooks have run.
            #vis async fn shutdown(&self) -> ::core::result::Result<(), #private::ShutdownError> {
                #private::shut_down(self).await
            }
        }
    }
}

/// `impl Container`: the fields as data, and the plan that rustc makes of them.
fn container(model: &Model) -> TokenStream {
    let Model { ident, fields, .. } = model;
    let (builder, count) = (names::builder(ident), Literal::usize_unsuffixed(fields.len()));
    let name = names::display_name(ident);
    let new_graph = with_span(ident.span(), quote!(__rt::Graph::new(#name, NODES, PLAN.order())));
    let specs = keyed(model).map(|(key, field)| spec(model, &key, field));
    // Without early returns: each would drop the remaining slots in code of its own, which is quadratic in the number of fields.
    let slots = model.fields().map(|(_, Field { ident, cfgs, .. })| quote!(#(#cfgs)* #ident));
    let values =
        model.fields().map(|(_, Field { ident, cfgs, .. })| quote!(#(#cfgs)* #ident: #ident.into_inner()));
    let rest = fields.iter().any(Field::is_hidden).then(|| quote!(..));
    let (proof, proof_type) = (proof(model), names::proof());
    let transactions = model.transaction.as_ref().map(Settings::default_levels);
    quote! {
        #proof
        const NODES: &[__rt::FieldNode; #count] = &__rt::nodes(<#ident as __rt::Container>::FIELDS);
        const PLAN: &__rt::Plan<#count> = &__rt::Plan::of(NODES);

        #[automatically_derived]
        impl __rt::Layered for #ident {
            type Layer = __rt::layer::CompositionRoot;
        }

        #[automatically_derived]
        impl __rt::Container for #ident {
            type Builder = #builder;
            type Proof = #proof_type;
            const GRAPH: __rt::Graph<Self> = #new_graph;
            const FIELDS: &'static [__rt::FieldSpec<Self>] = {
                #[allow(unused_imports, reason = "unused if all fields have a layer")]
                use __rt::{DifferentLayers as _, Unlayered as _};
                &[#(#specs),*]
            };
            const NODES: &'static [__rt::FieldNode] = NODES;
            const ORDER: &'static [::core::primitive::usize] = PLAN.order();
            #transactions

            fn assemble(builder: #builder) -> Self {
                let #builder { #(#slots,)* #rest } = builder;
                Self { #(#values),* }
            }
        }
    }
}

/// The proof that the container can build its components, as one obligation: rustc reports what several of them lack once, at the first of
/// them. The type `__Proof` is erroneous if it does, and then rustc reports nothing that depends on the type.
fn proof(model: &Model) -> TokenStream {
    let container = &model.ident;
    let component = |cfgs: &[syn::Attribute], component: &syn::Type| {
        let value = respan(component, quote!(::core::marker::PhantomData::<#component>));
        quote!(#(#cfgs)* #value,)
    };
    let mut components = Vec::new();
    for field in &model.fields {
        if let Recipe::Component(ty) = &field.recipe {
            components.push(component(&field.cfgs, ty));
        }
        // What another field has is proven there, if a component is what it is.
        for implementation in field.implementations() {
            if implementation.owner.is_none() || field.lazy.is_some() {
                let cfgs = [field.cfgs.as_slice(), implementation.cfgs.as_slice()].concat();
                components.push(component(&cfgs, &implementation.ty));
            }
        }
    }
    // Requests resolve in another way, and their list is another obligation.
    let requested: Vec<_> = model
        .fields
        .iter()
        .filter_map(|field| {
            let Recipe::PerRequest { implementation, .. } = &field.recipe else { return None };
            let value = respan(implementation, quote!(::core::marker::PhantomData::<#implementation>));
            let cfgs = &field.cfgs;
            Some(quote!(#(#cfgs)* #value,))
        })
        .collect();
    let requested = requested.chunks(names::LONGEST_LIST).map(|implementations| {
        let prove = respan_path(container, quote!(__rt::RequestList::<#container>::prove));
        quote!(#prove((#(#implementations)*)))
    });
    // One obligation, or one for each list of lists of a container that is as large as no application is.
    let groups = components.chunks(names::LONGEST_LIST * names::LONGEST_LIST).map(|components| {
        let lists = components.chunks(names::LONGEST_LIST).map(|components| quote!((#(#components)*)));
        let (prove, list) = if components.len() > names::LONGEST_LIST {
            (quote!(__rt::BuildableLists), quote!((#(#lists,)*)))
        } else {
            (quote!(__rt::BuildableList), quote!((#(#components)*)))
        };
        let prove = respan_path(container, quote!(#prove::<#container>::prove));
        quote!(#prove(#list))
    });
    let ty = names::proof();
    quote! {
        const PROVEN: ::core::primitive::bool = {
            let _: fn() = || { #(#groups;)* #(#requested;)* };
            true
        };
        type #ty = __rt::Proven<PROVEN>;
    }
}
