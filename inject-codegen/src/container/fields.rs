//! The code of the fields. It stands in a block with the alias `__rt`.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

use super::{
    binding::binding,
    expand::Key,
    layering::{binding_rule, rule_per_request},
    model::{Choose, Field, Hook, Implementation, Model, Recipe},
    module,
};
use crate::{
    attributes::negate_cfgs,
    names,
    spans::{respan, respan_call, respan_path, with_span},
};

/// The entry of a field in `Container::FIELDS`.
pub(super) fn spec(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let (name, ty, field_ty) = (field.name(), displayed_type(field), &field.ty);
    let layered = if let Recipe::PerRequest { port, .. } = &field.recipe { port } else { field_ty };
    let declared =
        with_span(field.ident.span(), quote!(declared(#name, #ty, __rt::LayerOf::<#layered>::NAME)));
    let qualified = field.qualifier.as_ref().map(|qualifier| {
        let shown = names::display_type(qualifier).replace("__rt::", "");
        quote!(.qualified::<#key, #qualifier>(#shown))
    });
    let spec = recipe(model, key, field);
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

/// Returns the type of a field as messages show it.
fn displayed_type(field: &Field) -> String {
    match &field.recipe {
        Recipe::Component(component) if field.is_hidden() => {
            format!("Arc<{}>", names::display_type(component))
        }
        _ => names::display_type(&field.ty),
    }
}

/// The data of a field by its recipe, without name and type.
fn recipe(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let (container, proof) = (&model.ident, names::proof());
    match &field.recipe {
        Recipe::Input => quote!(__rt::FieldSpec::input::<#key>()),
        Recipe::Required => quote!(__rt::FieldSpec::required::<#key>()),
        Recipe::Unknown => quote!(__rt::FieldSpec::absent()),
        Recipe::Component(component) => match &field.lazy {
            Some(_) => quote!(<#component as __rt::LazyComponentField<#container, #key, #proof>>::SPEC),
            None => quote!(<#component as __rt::ComponentField<#container, #key, #proof>>::SPEC),
        },
        Recipe::Bind(implementation) => bound(model, key, field, implementation),
        Recipe::PerRequest { port, implementation } => {
            let rule = rule_per_request(field, port, implementation);
            quote!(<#implementation as __rt::BoundPerRequest<#container, #key, #port, #proof, #rule>>::SPEC)
        }
        Recipe::BindAll(all) => match &all.keys {
            None => quote!(__rt::FieldSpec::bound_all::<#key>()),
            Some(keys) => {
                let cfgs = all.implementations.iter().map(|implementation| &implementation.cfgs);
                let value = names::builder_value();
                quote! {
                    __rt::FieldSpec::bound::<#key>(|#value| {
                        __rt::bind_map::<#container, #key, _>(#value, __rt::Vec::from([#(#(#cfgs)* #keys),*]))
                    })
                }
            }
        },
        Recipe::Choose(choose) => chosen(model, key, choose),
        Recipe::Factory(function) => {
            let (value, ty) = (names::builder_value(), field.built_type());
            let call =
                respan_path(function, quote!(__rt::FactoryCall::<#container, _, #ty, _>::new(#function)));
            let shown = names::display_type(function);
            if field.lazy.is_some() {
                let (container_value, node) = (names::container_value(), names::field_value());
                return quote! {
                    __rt::FieldSpec::lazy_factory::<#key, #ty>(#shown, #call.parameters, |#container_value, #node| {
                        __rt::attach_factory::<#container, #key, #ty, _, _>(#container_value, #node, #call)
                    })
                };
            }
            quote! {
                __rt::FieldSpec::factory::<#key>(#shown, #call.parameters, |#value| {
                    __rt::make::<#container, #key, _, _>(#value, &#call)
                })
            }
        }
        Recipe::Module(include) => module::spec(model, key, include),
        Recipe::Taken(of) => {
            let ty = &field.ty;
            quote!(<#ty as __rt::TakenField<#container, #key, #of>>::SPEC)
        }
        Recipe::Optional(value) => module::optional(model, key, value),
    }
}

/// The data of a field that binds one implementation.
fn bound(model: &Model, key: &Key, field: &Field, implementation: &Implementation) -> TokenStream {
    let (container, proof, ty) = (&model.ident, names::proof(), &implementation.ty);
    let rule = binding_rule(field, field.built_type(), ty);
    if let Some(owner) = implementation.owner.filter(|_| field.lazy.is_none()) {
        let (owner, number) = (Key::of(owner), Literal::usize_unsuffixed(owner));
        return quote!(<#ty as __rt::SharedBinding<#container, #key, #owner, #number, #rule>>::SPEC);
    }
    match &field.lazy {
        Some(_) => quote!(<#ty as __rt::LazyBoundField<#container, #key, #proof, #rule>>::SPEC),
        None => quote!(<#ty as __rt::BoundField<#container, #key, #proof, #rule>>::SPEC),
    }
}

/// The data of a field whose implementation is chosen at the start.
fn chosen(model: &Model, key: &Key, choose: &Choose) -> TokenStream {
    let (container, function, value) = (&model.ident, &choose.function, names::builder_value());
    let arms = choose.arms.iter().enumerate().map(|(number, (pattern, implementation))| {
        let (cfgs, number) = (&implementation.cfgs, Literal::usize_unsuffixed(number));
        quote!(#(#cfgs)* #pattern => #number)
    });
    let call = respan_path(function, quote!(__rt::Choice::<#container, _, _>::new(#function)));
    quote! {
        __rt::FieldSpec::bound::<#key>(|#value| {
            __rt::choose::<#container, #key>(#value, match #call.make(#value) { #(#arms),* })
        })
    }
}

/// Returns the implementations of one field.
pub(super) fn implementations(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let container = &model.ident;
    let Field { ident, ty, .. } = field;
    if !field.is_injectable && matches!(field.recipe, Recipe::Unknown) {
        return TokenStream::new();
    }
    let builder = names::builder(container);
    let has_value =
        field.is_injectable && !matches!(field.recipe, Recipe::PerRequest { .. } | Recipe::Module(_));
    let slot = if matches!(field.recipe, Recipe::Module(_)) { quote!(.slot) } else { TokenStream::new() };
    let built = if field.is_hidden() { quote!(__rt::not_kept()) } else { quote!(&self.#ident) };
    let parts = [
        quote! {
            #[automatically_derived]
            impl __rt::Field<#key> for #container {
                type Value = #ty;

                #[inline]
                fn built(&self) -> &#ty {
                    #built
                }

                fn slot(builder: &#builder) -> &__rt::Slot<#ty> {
                    &builder.#ident #slot
                }
            }
        },
        if has_value { injectable(model, key, field) } else { TokenStream::new() },
        binding(model, key, field),
        module::implementations(model, key, field),
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
    let (source, source_type, number) = (names::source(), names::source_type(), key.number());
    let usage = names::usage();
    let value = quote!(__rt::read::<#container, #key, #source_type>(#source));
    let injected = field.injected_type();
    let value = if field.qualifier.is_some() { quote!(__rt::Qualified::new(#value)) } else { value };
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
    let call = quote!(__rt::HookCall::<'_, _>::boxed(#call));
    let call = if field.lazy.is_some() { quote!(__rt::stop_lazy(value, |#value| #call)) } else { call };
    quote! {
        #[automatically_derived]
        impl __rt::Stop<#key> for #container {
            fn deadline() -> ::core::time::Duration {
                #deadline
            }

            fn stop(value: &#ty) -> __rt::HookFuture<'_> {
                #call
            }
        }
    }
}

/// Returns a constant whose evaluation fails if the field closes a cycle.
pub(super) fn no_cycle(key: &Key, field: &Field) -> TokenStream {
    let Field { ty, cfgs, .. } = field;
    let number = key.number();
    let check = respan_call(ty, &quote!(__rt::reject_cycle), &quote!(PLAN.cycle(NODES, #number)));
    quote!(#(#cfgs)* const _: () = #check;)
}
