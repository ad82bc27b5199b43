//! The code of a container.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

use super::{
    binding::binding,
    layering::{binding_rule, factories, rule_per_request},
    validate::{Field, Hook, Model, Recipe},
};
use crate::{
    attributes::negate_cfgs,
    names,
    spans::{respan, respan_call, respan_path, with_span},
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
    let block = model.runtime.block(&quote! {
        #[allow(dead_code, reason = "never constructed")]
        struct #keys<const NUMBER: ::core::primitive::usize>;
        #container
        #(#fields)*
        #(#checks)*
        #factories
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

impl ToTokens for Key {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (keys, number) = (names::field_keys(), &self.number);
        quote!(#keys<#number>).to_tokens(tokens);
    }
}

/// The fields with their keys.
fn keyed(model: &Model) -> impl Iterator<Item = (Key, &Field)> {
    let key = |index| Key { number: Literal::usize_unsuffixed(index) };
    model.fields.iter().enumerate().map(move |(index, field)| (key(index), field))
}

fn inputs_of(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| matches!(field.recipe, Recipe::Input))
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
    let doc = format!(" Inputs of [`{ident}`]: the fields under `#[input]`.");
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
    let slots =
        fields.iter().map(|Field { ident, ty, cfgs, .. }| quote!(#(#cfgs)* #ident: #private::Slot<#ty>));
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
    let setters = fields
        .iter()
        .filter(|field| field.ident != "build" && !matches!(field.recipe, Recipe::PerRequest { .. }))
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
        Recipe::Input => quote!(#(#cfgs)* #ident: #private::Slot::filled(inputs.#ident)),
        Recipe::PerRequest { .. } => {
            quote!(#(#cfgs)* #ident: #private::Slot::filled(#private::PerRequest::BINDING))
        }
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
    let slots = fields.iter().map(|Field { ident, cfgs, .. }| quote!(#(#cfgs)* #ident));
    let values = fields.iter().map(|Field { ident, cfgs, .. }| quote!(#(#cfgs)* #ident: #ident.into_inner()));
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
            const ORDER: &'static [::core::primitive::usize] = PLAN.order();
            #transactions

            fn assemble(builder: #builder) -> Self {
                let #builder { #(#slots),* } = builder;
                Self { #(#values),* }
            }
        }
    }
}

/// The proof that the container can build its components, as one obligation: rustc reports what several of them lack once, at the first of
/// them. The type `__Proof` is erroneous if it does, and then rustc reports nothing that depends on the type.
fn proof(model: &Model) -> TokenStream {
    let container = &model.ident;
    let components: Vec<_> = model
        .fields
        .iter()
        .flat_map(|field| {
            let components = match &field.recipe {
                Recipe::Component(component) | Recipe::Bind(component) => std::slice::from_ref(component),
                Recipe::BindAll { implementations, .. } => implementations,
                _ => &[],
            };
            components.iter().map(|component| {
                let (cfgs, value) =
                    (&field.cfgs, respan(component, quote!(::core::marker::PhantomData::<#component>)));
                quote!(#(#cfgs)* #value,)
            })
        })
        .collect();
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

/// The entry of a field in `Container::FIELDS`.
fn spec(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let container = &model.ident;
    let (name, ty, field_ty) = (field.name(), names::display_type(&field.ty), &field.ty);
    let proof = names::proof();
    let layered = if let Recipe::PerRequest { port, .. } = &field.recipe { port } else { field_ty };
    let declared =
        with_span(field.ident.span(), quote!(declared(#name, #ty, __rt::LayerOf::<#layered>::NAME)));
    let qualified = field.qualifier.as_ref().map(|qualifier| {
        let shown = names::display_type(qualifier);
        quote!(.qualified::<#key, #qualifier>(#shown))
    });
    let spec = match &field.recipe {
        Recipe::Input => quote!(__rt::FieldSpec::input::<#key>()),
        Recipe::Unknown => quote!(__rt::FieldSpec::absent()),
        Recipe::Component(component) => {
            quote!(<#component as __rt::ComponentField<#container, #key, #proof>>::SPEC)
        }
        Recipe::Bind(implementation) => {
            let rule = binding_rule(field, &field.ty, implementation);
            quote!(<#implementation as __rt::BoundField<#container, #key, #proof, #rule>>::SPEC)
        }
        Recipe::PerRequest { port, implementation } => {
            let rule = rule_per_request(field, port, implementation);
            quote!(<#implementation as __rt::BoundPerRequest<#container, #key, #port, #proof, #rule>>::SPEC)
        }
        Recipe::BindAll { .. } => quote!(__rt::FieldSpec::bound_all::<#key>()),
        Recipe::Factory(function) => {
            let (value, ty) = (names::builder_value(), &field.ty);
            let call =
                respan_path(function, quote!(__rt::FactoryCall::<#container, _, #ty, _>::new(#function)));
            let shown = names::display_type(function);
            quote! {
                __rt::FieldSpec::factory::<#key>(#shown, #call.parameters, |#value| {
                    __rt::make::<#container, #key, _, _>(#value, &#call)
                })
            }
        }
    };
    let stopped = field.hook.as_ref().map(|_| quote!(.stopped::<#key>()));
    let excepted = field.exception.as_ref().map(|reason| quote!(.excepted(#reason)));
    let cfgs = &field.cfgs;
    let absent = if cfgs.is_empty() {
        TokenStream::new()
    } else {
        let otherwise = negate_cfgs(cfgs);
        quote!(, #otherwise __rt::FieldSpec::absent())
    };
    quote!(#(#cfgs)* #spec.#declared #qualified #stopped #excepted #absent)
}

/// Returns the implementations of one field.
fn implementations(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let container = &model.ident;
    let Field { ident, ty, .. } = field;
    if !field.is_injectable && matches!(field.recipe, Recipe::Unknown) {
        return TokenStream::new();
    }
    let builder = names::builder(container);
    let has_value = field.is_injectable && !matches!(field.recipe, Recipe::PerRequest { .. });
    let parts = [
        quote! {
            #[automatically_derived]
            impl __rt::Field<#key> for #container {
                type Value = #ty;

                #[inline]
                fn built(&self) -> &#ty {
                    &self.#ident
                }

                fn slot(builder: &#builder) -> &__rt::Slot<#ty> {
                    &builder.#ident
                }
            }
        },
        if has_value { injectable(model, key, field) } else { TokenStream::new() },
        binding(model, key, field),
        field.hook.as_ref().map(|hook| stop(model, key, field, hook)).unwrap_or_default(),
    ];
    // `#[cfg]` goes on each item: a block around them would hide the types of the user's module.
    let cfgs = &field.cfgs;
    if cfgs.is_empty() {
        return parts.into_iter().collect();
    }
    quote!(#(#cfgs)* const _: () = { #(#parts)* };)
}

/// Returns the `Injectable` implementation, which clones the field.
fn injectable(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let container = &model.ident;
    let ty = &field.ty;
    let (source, source_type, number) = (names::source(), names::source_type(), &key.number);
    let usage = names::usage();
    let value = quote!(__rt::read::<#container, #key, #source_type>(#source));
    let (injected, value) = match &field.qualifier {
        Some(qualifier) => (quote!(__rt::Qualified<#ty, #qualifier>), quote!(__rt::Qualified::new(#value))),
        None => (ty.to_token_stream(), value),
    };
    // rustc points at the header where another field has the same type under another name.
    let implementation = respan(
        ty,
        quote! {
            impl<#usage: __rt::Allows<#injected>> __rt::Injectable<#container, #usage> for #injected {
                const NODE: __rt::Node = __rt::Node::Field(#number);

                fn inject<#source_type: __rt::Source<#container>>(#source: &#source_type) -> Self {
                    #value
                }
            }
        },
    );
    quote! {
        #[automatically_derived]
        #implementation
    }
}

/// The shutdown hook.
fn stop(model: &Model, key: &Key, field: &Field, hook: &Hook) -> TokenStream {
    let container = &model.ident;
    let Hook { function, deadline } = hook;
    let ty = &field.ty;
    let deadline = match deadline {
        Some(deadline) => quote!(#deadline),
        None => quote!(__rt::DEFAULT_DEADLINE),
    };
    let value = quote_spanned!(function.span()=> value);
    let call = match function {
        Expr::Closure(_) => quote!((#function)(#value)),
        _ => quote!(#function(#value)),
    };
    let call = respan(function, call);
    quote! {
        #[automatically_derived]
        impl __rt::Stop<#key> for #container {
            fn deadline() -> ::core::time::Duration {
                #deadline
            }

            fn stop(value: &#ty) -> __rt::HookFuture<'_> {
                __rt::HookCall::<'_, _>::boxed(#call)
            }
        }
    }
}

/// Returns a constant whose evaluation fails if the field closes a cycle.
fn no_cycle(key: &Key, field: &Field) -> TokenStream {
    let Field { ty, cfgs, .. } = field;
    let number = &key.number;
    let check = respan_call(ty, &quote!(__rt::reject_cycle), &quote!(PLAN.cycle(NODES, #number)));
    quote!(#(#cfgs)* const _: () = #check;)
}
