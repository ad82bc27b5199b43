//! The code of parameters. It stands in a block with the alias `__rt`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Type};

use super::ast::{Kind, Parameter};
use crate::{description::of_parameter, generics::has_parameter, names, spans::respan_bound};

/// Returns an `#[allow]` of lints that do not apply to a function with an expansion.
pub(crate) fn allow_lints() -> TokenStream {
    quote!(#[allow(
        clippy::needless_pass_by_value,
        clippy::unused_async,
        clippy::must_use_candidate,
        reason = "generated code calls it"
    )])
}

/// Returns the proof that layer `layer` may use the extractor `ty`. `Fallback` must be in scope.
fn usable_from(ty: &Type, layer: &TokenStream) -> TokenStream {
    match ty {
        Type::Tuple(tuple) if !tuple.elems.is_empty() => {
            let proofs = tuple.elems.iter().map(|ty| usable_from(ty, layer));
            quote!(|| { #((#proofs)();)* })
        }
        _ => quote!(<#ty as __rt::ExtractedIn<#layer, { __rt::Probe::<#ty>::IS_LAYERED }>>::usable),
    }
}

/// Names for the values of `parameters`.
pub(crate) fn parameter_names(parameters: &[Parameter]) -> Vec<Ident> {
    (0..parameters.len()).map(names::parameter).collect()
}

/// Returns the bound of an extractor that does not read the body. The name of the type only affects the message.
pub(crate) fn extracted_bound(ty: &Type) -> TokenStream {
    let container = names::container();
    if is_signed(ty) {
        respan_bound(ty, &quote!(__rt::BeforeBody<#container>))
    } else {
        respan_bound(ty, &quote!(__rt::Parameter<#container>))
    }
}

/// Returns whether the extractor reads a signed body, by its name.
fn is_signed(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Signed"))
}

impl Parameter {
    /// The type that the container or the request provides: of an `Inject<T>`, `T` with its qualifier.
    pub(crate) fn dependency_type(&self) -> TokenStream {
        let ty = &self.ty;
        match &self.kind {
            Kind::Injected { dependency: Some(dependency), .. } => dependency.injected_type(),
            Kind::Injected { component, .. } => quote!(#component),
            Kind::Plain | Kind::Body | Kind::Extracted => quote!(#ty),
        }
    }

    /// The bound on the `T` of an `Inject<T>`.
    fn injectable(&self) -> TokenStream {
        let container = names::container();
        match &self.kind {
            Kind::Injected { dependency: Some(dependency), .. } => dependency.injectable(),
            _ => quote!(__rt::Injectable<#container>),
        }
    }

    /// The node of the `T` of an `Inject<T>`.
    pub(crate) fn node(&self) -> TokenStream {
        let (ty, injectable) = (self.dependency_type(), self.injectable());
        quote!(<#ty as #injectable>::NODE)
    }

    /// The bound under which the parameter is extracted from request parts.
    pub(crate) fn predicate(&self) -> TokenStream {
        self.predicate_on(&self.dependency_type())
    }

    /// The bound, on `dependency_type` in the place of the parameter's own.
    pub(crate) fn predicate_on(&self, dependency_type: &TokenStream) -> TokenStream {
        let (container, ty) = (names::container(), &self.ty);
        let bound = match &self.kind {
            Kind::Injected { component, .. } => respan_bound(component, &self.injectable()),
            Kind::Body => respan_bound(ty, &quote!(__rt::BeforeBody<#container>)),
            Kind::Extracted if is_signed(ty) => extracted_bound(ty),
            Kind::Plain | Kind::Extracted => respan_bound(ty, &self.parameter_trait()),
        };
        quote!(#dependency_type: #bound)
    }

    /// The value, as an expression in a function that returns `Result<_, Response>`.
    pub(crate) fn value(&self, parts: &TokenStream) -> TokenStream {
        let (container_type, container) = (names::container(), names::container_value());
        let ty = &self.ty;
        match &self.kind {
            Kind::Injected { wrapper, dependency: Some(dependency), .. } => {
                let (source, value) = (names::source(), dependency.value());
                quote!({
                    let #source = &**#container;
                    #wrapper(#value)
                })
            }
            Kind::Injected { wrapper, component, dependency: None } => {
                quote!(#wrapper(<#component as __rt::Injectable<#container_type>>::inject(&**#container)))
            }
            Kind::Plain | Kind::Body | Kind::Extracted => {
                let trait_name = self.parameter_trait();
                let extracted = quote!(<#ty as #trait_name>::extract(#parts, #container));
                quote!(__rt::map_rejection(#extracted.await)?)
            }
        }
    }

    /// The value as the last parameter of an endpoint, which may read the body.
    pub(crate) fn last_value(&self) -> TokenStream {
        let container = names::container_value();
        let (parts, body) = (names::parts(), names::body());
        let (ty, trait_name) = (&self.ty, self.last_trait());
        let extracted = quote!(<#ty as #trait_name>::extract(#parts, #body, #container));
        quote!(__rt::map_rejection(#extracted.await)?)
    }

    /// The bound under which it is the last parameter of an endpoint.
    pub(crate) fn last_predicate(&self) -> TokenStream {
        let ty = &self.ty;
        let bound = respan_bound(ty, &self.last_trait());
        quote!(#ty: #bound)
    }

    fn parameter_trait(&self) -> TokenStream {
        let (container, sort) = (names::container(), self.sort());
        quote!(__rt::Parameter<#container #sort>)
    }

    fn last_trait(&self) -> TokenStream {
        let (container, marker, sort) = (names::container(), names::marker(), self.sort());
        match self.kind {
            Kind::Body => quote!(__rt::BodyParameter<#container, #marker>),
            _ => quote!(__rt::LastParameter<#container, #marker #sort>),
        }
    }

    /// The sort of an extractor, which decides what rustc reports if it is none. An extractor of axum, known by its name, has none.
    fn sort(&self) -> Option<TokenStream> {
        let ty = &self.ty;
        (self.has_sort && matches!(self.kind, Kind::Extracted) && !is_signed(ty)).then(|| {
            quote! {
                , <__rt::Sort<{
                    __rt::sort(
                        __rt::Probe::<#ty>::KIND,
                        __rt::Probe::<#ty>::IS_COMPONENT,
                        __rt::Probe::<#ty>::IS_OUTPUT,
                    )
                }> as __rt::Sorted>::Sort
            }
        })
    }

    /// Returns whether the parameter may be the principal: every extractor except those of axum, which are known by name.
    pub(crate) fn is_possible_principal(&self) -> bool {
        matches!(self.kind, Kind::Extracted)
    }

    /// The bound of a parameter that may be the policy: rustc knows whether it is.
    pub(crate) fn guard_predicate(&self) -> TokenStream {
        let (ty, guard) = (&self.ty, self.guard());
        quote!(#ty: #guard)
    }

    /// The value of a parameter that may be the policy, as an `Option`, before all other parameters.
    pub(crate) fn guard_value(&self, parts: &TokenStream) -> TokenStream {
        let (ty, guard, container) = (&self.ty, self.guard(), names::container_value());
        quote!(<#ty as #guard>::guard(#parts, #container).await?)
    }

    fn guard(&self) -> TokenStream {
        let (ty, container) = (&self.ty, names::container());
        quote! {
            __rt::GuardParameter<
                #container,
                { (__rt::Probe::<#ty>::DEMANDS || __rt::Probe::<#ty>::PROMISES) && !__rt::Probe::<#ty>::READS_BODY },
            >
        }
    }

    /// Returns the principal that the guard has extracted if the parameter has its type, and `value` otherwise.
    pub(crate) fn prefer_principal(&self, value: TokenStream) -> TokenStream {
        if !self.is_possible_principal() {
            return value;
        }
        let (principal, ty) = (names::principal(), &self.ty);
        quote! {
            match __rt::take_principal::<#ty, _>(&mut #principal) {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => #value,
            }
        }
    }

    /// The metadata, which proves that layer `layer` may use the parameter if its type has a layer: a component, `State<T>` or `Extension<T>` of
    /// one. The name of the type does not matter. A type that depends on a parameter of `generics` is not checked at the definition.
    pub(crate) fn spec(&self, generics: &Generics, layer: &TokenStream) -> TokenStream {
        let ty = &self.ty;
        let is_checked = self.component().is_none() && !self.is_excepted && !has_parameter(generics, ty);
        self.spec_with(layer, is_checked.then(|| usable_from(ty, layer)))
    }

    /// The metadata, with `proof` that the layer may use the parameter.
    pub(crate) fn spec_with(&self, layer: &TokenStream, proof: Option<TokenStream>) -> TokenStream {
        let (name, ty, written) = (&self.name, &self.ty, names::display_type(&self.ty));
        let (kind, input) = match &self.kind {
            Kind::Injected { component, dependency, .. } => {
                let shown = names::display_type(component);
                let injected = match dependency {
                    Some(dependency) => dependency.injected(layer),
                    None => quote!(<#component as __rt::UsableFrom<#layer>>::INJECTED),
                };
                (quote!(__rt::ParameterKind::Injected(#injected.named(#shown))), None)
            }
            Kind::Plain | Kind::Body | Kind::Extracted => {
                let input = of_parameter(ty);
                (
                    quote!(__rt::Probe::<#ty>::KIND),
                    Some(quote! {
                        demands_credentials: __rt::Probe::<#ty>::DEMANDS || __rt::Probe::<#ty>::PROMISES,
                        input: #input,
                    }),
                )
            }
        };
        let usable = proof.map(|proof| quote!(usable: #proof,));
        // With all fields, clippy reports a base as needless.
        let others = (usable.is_none() || input.is_none()).then(|| quote!(..__rt::ParameterSpec::EMPTY));
        quote! {
            __rt::ParameterSpec {
                name: #name,
                ty: #written,
                kind: #kind,
                #usable
                #input
                #others
            }
        }
    }
}
