//! The code of a container.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Type, spanned::Spanned as _};

use super::validate::{Field, Hook, Model, Recipe};
use crate::{
    attributes::negated,
    names,
    spans::{across, called_at},
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
//     impl App { fn builder(..) fn resolve(..) fn graph() fn shutdown(..) }
//     impl AppBuilder { fn settings(..) fn db(..) fn build(..) }
//     impl Container for App { .. }                    // the list of fields, the order to build them in
//     impl Field<__Field<1>> for App { type Value = SqlitePool; .. }
//     impl Injectable<App> for SqlitePool { .. }       // a clone of the field
//     const _: () = ..                                 // one for each field: no cycle closes here
pub(super) fn expand(model: &Model) -> TokenStream {
    let inputs = inputs(model);
    let builder = builder(model);
    let methods = methods(model);
    let (container, keys) = (container(model), names::field_keys());
    let fields = keyed(model).map(|(key, field)| implementations(model, &key, field));
    let checks = keyed(model).map(|(key, field)| no_cycle(&key, field));
    quote! {
        #inputs
        #builder
        #methods
        const _: () = {
            #[allow(dead_code)] // it stands for a field, and there is never one of it
            struct #keys<const NUMBER: ::core::primitive::usize>;
            #container
            #(#fields)*
            #(#checks)*
        };
    }
}

/// What tells the implementations for one field from those for another: a private type with the number of the field.
struct Key {
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

/// `AppInputs`, if there is anything to hand in.
fn inputs(model: &Model) -> TokenStream {
    if inputs_of(model).next().is_none() {
        return TokenStream::new();
    }
    let Model { vis, ident, .. } = model;
    let inputs = names::inputs(ident);
    let fields = inputs_of(model).map(|Field { ident, ty, cfgs, .. }| {
        let doc = format!(" The value of the field `{}`.", names::shown(ident));
        quote!(#[doc = #doc] #(#cfgs)* #vis #ident: #ty)
    });
    let doc = format!(" What a [`{ident}`] is built from: the fields under `#[input]`.");
    quote! {
        #[doc = #doc]
        #[allow(private_interfaces)] // a field of a private type: then nobody outside can build the container
        #vis struct #inputs { #(#fields),* }
    }
}

/// `AppBuilder`: a slot for each field, setters, and `build`.
fn builder(model: &Model) -> TokenStream {
    let Model { runtime, vis, ident, fields } = model;
    let builder = names::builder(ident);
    let slot = runtime.private("Slot");
    let slots = fields.iter().map(|Field { ident, ty, cfgs, .. }| quote!(#(#cfgs)* #ident: #slot<#ty>));
    let setters =
        fields.iter().filter(|field| field.ident != "build").map(|Field { ident, ty, cfgs, .. }| {
            let doc =
                format!(" Uses `{0}` for the field `{0}`, which is then not built.", names::shown(ident));
            quote! {
                #[doc = #doc]
                #(#cfgs)*
                #[allow(dead_code, private_interfaces)] // mostly for tests
                #[must_use]
                #vis fn #ident(mut self, #ident: #ty) -> Self {
                    self.#ident = #slot::filled(#ident);
                    self
                }
            }
        });
    let (arc, start) = (runtime.private("Arc"), runtime.private("start"));
    let doc =
        format!(" Builds a [`{ident}`]: [`build`](Self::build) makes every field that was not handed in.");
    quote! {
        #[doc = #doc]
        #[must_use = "a builder does nothing until `build` is awaited"]
        #vis struct #builder { #(#slots),* }

        #[automatically_derived]
        impl #builder {
            #(#setters)*

            /// Builds every field after its dependencies, and concurrently with everything it does not depend on.
            ///
            /// # Errors
            ///
            /// The first constructor that fails. What had been built by then is shut down.
            #vis async fn build(self) -> ::core::result::Result<#arc<#ident>, #runtime::BuildError> {
                #start::<#ident>(self).await
            }
        }
    }
}

/// The methods of the container itself.
fn methods(model: &Model) -> TokenStream {
    let Model { runtime, vis, ident, fields } = model;
    let (builder, inputs, slot) = (names::builder(ident), names::inputs(ident), runtime.private("Slot"));
    let shut_down = runtime.private("shut_down");
    let parameter = inputs_of(model).next().map(|_| quote!(inputs: #inputs));
    let slots = fields.iter().map(|Field { ident, cfgs, recipe, .. }| match recipe {
        Recipe::Input => quote!(#(#cfgs)* #ident: #slot::filled(inputs.#ident)),
        _ => quote!(#(#cfgs)* #ident: #slot::empty()),
    });
    quote! {
        #[automatically_derived]
        #[allow(dead_code)] // not every program needs all of them
        impl #ident {
            /// Starts to build the container.
            #vis fn builder(#parameter) -> #builder {
                #builder { #(#slots),* }
            }

            /// Builds or clones a `T` out of the container, at the cost of doing it by hand.
            #[must_use]
            #[inline]
            #vis fn resolve<__T: #runtime::Injectable<Self>>(&self) -> __T {
                #runtime::Injectable::inject(self)
            }

            /// The dependency graph, which renders as Mermaid, DOT and JSON.
            #[must_use]
            #vis const fn graph() -> #runtime::Graph<Self> {
                <Self as #runtime::Container>::GRAPH
            }

            /// Runs the shutdown hooks in reverse dependency order, each under its deadline.
            ///
            /// If there are any, this needs a Tokio runtime with its timer enabled.
            ///
            /// # Errors
            ///
            /// Names every hook that failed, panicked or was not done in time; the others have run all the same.
            #vis async fn shutdown(&self) -> ::core::result::Result<(), #runtime::ShutdownError> {
                #shut_down(self).await
            }
        }
    }
}

/// `impl Container`: the fields as data, and the plan that rustc makes of them.
fn container(model: &Model) -> TokenStream {
    let Model { runtime, ident, fields, .. } = model;
    let (builder, count) = (names::builder(ident), Literal::usize_unsuffixed(fields.len()));
    let (graph, field_node, plan) =
        (runtime.private("Graph"), runtime.private("FieldNode"), runtime.private("Plan"));
    let (field_spec, nodes) = (runtime.private("FieldSpec"), runtime.private("nodes"));
    let unlayered = runtime.private("Unlayered");
    let name = names::shown(ident);
    let new_graph = called_at(ident.span(), quote!(#graph::new(#name, NODES, PLAN.order())));
    let specs = keyed(model).map(|(key, field)| spec(model, &key, field));
    // Without a way to return early: each would drop what is left in a way of its own, which is quadratic in the number of fields.
    let slots = fields.iter().map(|Field { ident, cfgs, .. }| quote!(#(#cfgs)* #ident));
    let values = fields.iter().map(|Field { ident, cfgs, .. }| quote!(#(#cfgs)* #ident: #ident.into_inner()));
    quote! {
        const NODES: &[#field_node; #count] = &#nodes(<#ident as #runtime::Container>::FIELDS);
        const PLAN: &#plan<#count> = &#plan::of(NODES);

        #[automatically_derived]
        impl #runtime::Container for #ident {
            type Builder = #builder;
            const GRAPH: #graph<Self> = #new_graph;
            const FIELDS: &'static [#field_spec<Self>] = {
                #[allow(unused_imports)] // where every field has a layer
                use #unlayered as _;
                &[#(#specs),*]
            };
            const ORDER: &'static [::core::primitive::usize] = PLAN.order();

            fn assemble(builder: #builder) -> Self {
                let #builder { #(#slots),* } = builder;
                Self { #(#values),* }
            }
        }
    }
}

/// The entry of a field in `Container::FIELDS`.
fn spec(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let Model { runtime, ident: container, .. } = model;
    let (field_spec, field_node) = (runtime.private("FieldSpec"), runtime.private("FieldNode"));
    let (name, ty) = (field.name(), names::shown_type(&field.ty));
    let qualified = field.qualifier.as_ref().map(|it| {
        let shown = names::shown_type(it);
        quote!(.qualified(#shown))
    });
    let (layer_of, field_ty) = (runtime.private("LayerOf"), &field.ty);
    let injected = match &field.qualifier {
        Some(it) => quote!(#runtime::Qualified<#field_ty, #it>),
        None => quote!(#field_ty),
    };
    let node = called_at(
        field.ident.span(),
        quote!(#field_node::new::<#injected>(#name, #ty, #layer_of::<#field_ty>::NAME)),
    );
    let node = quote!(#node #qualified);
    let wired = |trait_name: &str, component: &Type, item: TokenStream| {
        let wired = runtime.private(trait_name);
        quote!(<#component as #wired<#container, #key>>::#item)
    };
    let spec = match &field.recipe {
        Recipe::Input => quote!(#field_spec::input::<#key>()),
        Recipe::Unknown => quote!(#field_spec::absent()),
        Recipe::Component(component) => wired("ComponentField", component, quote!(SPEC)),
        Recipe::Bind(implementation) => wired("BoundField", implementation, quote!(SPEC)),
        Recipe::BindAll { .. } => quote!(#field_spec::bound_all::<#key>()),
        Recipe::Factory(function) => {
            let (make, step) = (runtime.private("make"), runtime.private("Step"));
            let (builder, value, ty) = (names::builder(container), names::builder_value(), &field.ty);
            let call = runtime.private("FactoryCall");
            let call = across(function, quote!(#call::<#container, _, #ty>::new(#function)));
            let shown = names::shown_type(function);
            quote! {
                #field_spec::factory::<#key>(#shown, #call.parameters, {
                    fn __construct(#value: &#builder) -> #step<#container> {
                        #make::<#container, #key, _>(#value, &#call)
                    }
                    __construct
                })
            }
        }
    };
    let stopped = field.hook.as_ref().map(|_| quote!(.stopped::<#key>()));
    let cfgs = &field.cfgs;
    let absent = if cfgs.is_empty() {
        TokenStream::new()
    } else {
        let otherwise = negated(cfgs);
        quote!(, #otherwise #field_spec::absent())
    };
    quote!(#(#cfgs)* #spec.declared(#node) #stopped #absent)
}

/// What is implemented for, and about, one field.
fn implementations(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let Model { runtime, ident: container, .. } = model;
    let Field { ident, ty, .. } = field;
    if !field.is_injectable && matches!(field.recipe, Recipe::Unknown) {
        return TokenStream::new();
    }
    let builder = names::builder(container);
    let (field_trait, slot) = (runtime.private("Field"), runtime.private("Slot"));
    let parts = [
        quote! {
            #[automatically_derived]
            impl #field_trait<#key> for #container {
                type Value = #ty;

                #[inline]
                fn built(&self) -> &#ty {
                    &self.#ident
                }

                fn slot(builder: &#builder) -> &#slot<#ty> {
                    &builder.#ident
                }
            }
        },
        if field.is_injectable { injectable(model, key, field) } else { TokenStream::new() },
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

/// The field can be injected: as a clone.
fn injectable(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let Model { runtime, ident: container, .. } = model;
    let ty = &field.ty;
    let (node, source, source_type) = (runtime.private("Node"), names::source(), names::source_type());
    let (read, number) = (runtime.private("read"), &key.number);
    let value = quote!(#read::<#container, #key, #source_type>(#source));
    let (injected, value) = match &field.qualifier {
        Some(qualifier) => {
            (quote!(#runtime::Qualified<#ty, #qualifier>), quote!(#runtime::Qualified::new(#value)))
        }
        None => (ty.to_token_stream(), value),
    };
    // All of it at the type of the field: rustc points here where another field has the same type under another name.
    across(
        ty,
        quote! {
            #[automatically_derived]
            impl #runtime::Injectable<#container> for #injected {
                const NODE: #node = #node::Field(#number);

                #[inline]
                fn inject<#source_type: #runtime::Source<#container>>(#source: &#source_type) -> Self {
                    #value
                }
            }
        },
    )
}

/// From implementations to ports.
fn binding(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let Model { runtime, ident: container, .. } = model;
    let (arc, bind) = (runtime.private("Arc"), runtime.private("Bind"));
    let bind = |port: &Type, implementation: &Type| {
        // The coercion to the port is underlined at the implementation.
        let implementation_value = quote_spanned!(implementation.span()=> implementation);
        quote! {
            #[automatically_derived]
            impl #bind<#key, #implementation> for #container {
                type Port = #port;

                fn bind(implementation: #arc<#implementation>) -> #port {
                    #implementation_value
                }
            }
        }
    };
    match &field.recipe {
        Recipe::Bind(implementation) => bind(&field.ty, implementation),
        Recipe::BindAll { port, implementations } => {
            let binds = implementations.iter().map(|implementation| bind(port, implementation));
            let bind_all = runtime.private("BindAll");
            let (implementation, among) =
                (runtime.private("Implementation"), runtime.private("BoundAmongOthers"));
            let (dependency, dependencies) = (runtime.private("Dependency"), runtime.private("dependencies"));
            let (ty, count) = (&field.ty, Literal::usize_unsuffixed(implementations.len()));
            quote! {
                #(#binds)*
                #[automatically_derived]
                impl #bind_all<#key> for #container {
                    type Port = #port;
                    const IMPLEMENTATIONS: &'static [#implementation<Self, #port>] = &[#(
                        <#implementations as #among<Self, #key>>::IMPLEMENTATION
                    ),*];
                    const DEPENDENCIES: &'static [#dependency] =
                        &#dependencies::<Self, #port, #count>(<Self as #bind_all<#key>>::IMPLEMENTATIONS);

                    fn collect(ports: #ty) -> #ty {
                        ports
                    }
                }
            }
        }
        _ => TokenStream::new(),
    }
}

/// The shutdown hook.
fn stop(model: &Model, key: &Key, field: &Field, hook: &Hook) -> TokenStream {
    let Model { runtime, ident: container, .. } = model;
    let Hook { function, deadline } = hook;
    let (stop, hook_future, hook_call) =
        (runtime.private("Stop"), runtime.private("HookFuture"), runtime.private("HookCall"));
    let ty = &field.ty;
    let deadline = match deadline {
        Some(deadline) => quote!(#deadline),
        None => runtime.private("DEFAULT_DEADLINE"),
    };
    let value = quote_spanned!(function.span()=> value);
    let call = match function {
        Expr::Closure(_) => quote!((#function)(#value)),
        _ => quote!(#function(#value)),
    };
    let call = across(function, call);
    quote! {
        #[automatically_derived]
        impl #stop<#key> for #container {
            fn deadline() -> ::core::time::Duration {
                #deadline
            }

            fn stop(value: &#ty) -> #hook_future<'_> {
                #hook_call::<'_, _>::boxed(#call)
            }
        }
    }
}

/// A constant that does not evaluate where a cycle closes.
fn no_cycle(key: &Key, field: &Field) -> TokenStream {
    let Field { ty, cfgs, .. } = field;
    let number = &key.number;
    let panic = across(ty, quote!(::core::panic!("{}", message.as_str())));
    quote! {
        #(#cfgs)*
        const _: () = match PLAN.cycle(NODES, #number) {
            ::core::option::Option::None => {}
            ::core::option::Option::Some(message) => #panic,
        };
    }
}
