//! The code of parameters. It stands in a block with the alias `__rt`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Type};

use super::ast::{Generic, Kind, Parameter};
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

/// Returns the bound of a principal. The name of the type only affects the message.
pub(crate) fn extracted_bound(ty: &Type) -> TokenStream {
    let container = names::container();
    if is_signed(ty) {
        respan_bound(ty, &quote!(__rt::BeforeBody<#container>))
    } else {
        let sort = names::principal_sort();
        respan_bound(ty, &quote!(__rt::Parameter<#container, #sort>))
    }
}

/// Returns the sort of the extractor `ty`, as a type. It is in an alias: rustc evaluates it once.
pub(crate) fn sort_of(ty: &TokenStream) -> TokenStream {
    quote! {
        <__rt::Sort<{
            __rt::sort(
                __rt::Probe::<#ty>::KIND,
                __rt::Probe::<#ty>::COMPONENT,
                __rt::Probe::<#ty>::ORIGIN,
            )
        }> as __rt::Sorted>::Sort
    }
}

/// Returns whether the extractor reads a signed body, by its name.
pub(crate) fn is_signed(ty: &Type) -> bool {
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

    /// The value, as an expression in an async function that returns a `Provision`.
    pub(crate) fn value(&self) -> TokenStream {
        let (context, ty) = (names::context(), &self.ty);
        self.injected(&quote!(#context.container)).unwrap_or_else(|| {
            let trait_name = self.parameter_trait();
            quote!(<#ty as #trait_name>::extract(#context).await?)
        })
    }

    /// The value, as an expression in a function that has nothing to wait for and returns a `Provision`.
    pub(crate) fn value_now(&self) -> TokenStream {
        let (context, ty) = (names::context(), &self.ty);
        self.injected(&quote!(#context.container)).unwrap_or_else(|| {
            let trait_name = self.trait_now();
            quote!(<#ty as #trait_name>::extract_now(#context)?)
        })
    }

    /// The value of an `Inject<T>`, from `container`.
    pub(crate) fn injected(&self, container: &TokenStream) -> Option<TokenStream> {
        let container_type = names::container();
        match &self.kind {
            Kind::Injected { wrapper, dependency: Some(dependency), .. } => {
                let (source, value) = (names::source(), dependency.value());
                Some(quote!({
                    let #source = &**#container;
                    #wrapper(#value)
                }))
            }
            Kind::Injected { wrapper, component, dependency: None } => Some(quote!(#wrapper(
                <#component as __rt::Injectable<#container_type>>::inject(&**#container)
            ))),
            Kind::Plain | Kind::Body | Kind::Extracted => None,
        }
    }

    /// The bound under which it is the last parameter of an endpoint.
    pub(crate) fn last_predicate(&self) -> TokenStream {
        let (container, marker, ty) = (names::container(), names::marker(), &self.ty);
        let bound = match self.kind {
            Kind::Body => quote!(__rt::BodyParameter<#container, #marker>),
            _ => {
                let sort = self.sort();
                quote!(__rt::LastParameter<#container, #marker, #sort>)
            }
        };
        let bound = respan_bound(ty, &bound);
        quote!(#ty: #bound)
    }

    /// The sort under which it is the last parameter of an endpoint.
    pub(crate) fn last_sort(&self) -> TokenStream {
        match self.kind {
            Kind::Body => quote!(__rt::OfBody),
            _ => self.sort(),
        }
    }

    fn parameter_trait(&self) -> TokenStream {
        let (container, sort) = (names::container(), self.sort());
        quote!(__rt::Parameter<#container, #sort>)
    }

    fn trait_now(&self) -> TokenStream {
        let (container, sort) = (names::container(), self.sort());
        quote!(__rt::ParameterNow<#container, #sort>)
    }

    /// Returns whether a constant tells the sort: not of an extractor of axum, known by its name.
    fn is_sorted(&self) -> bool {
        self.has_sort && matches!(self.kind, Kind::Extracted) && !is_signed(&self.ty)
    }

    /// The sort of an extractor, which decides how it is extracted, and what rustc reports if it is none.
    pub(crate) fn sort(&self) -> TokenStream {
        if self.is_sorted() {
            let sort = names::sort(self.index);
            quote!(#sort)
        } else if self.generic == Generic::Parameter {
            quote!(__rt::Output)
        } else {
            quote!(__rt::Known)
        }
    }

    /// The bounds of a type that depends on the parameters of a component of layer `layer`: its metadata refers to them.
    pub(crate) fn generic_predicates(&self, layer: &TokenStream) -> Vec<TokenStream> {
        let ty = &self.ty;
        let bounds = match self.generic {
            Generic::Independent => Vec::new(),
            Generic::Parameter => vec![quote!(__rt::ProvidedTo<#layer>)],
            Generic::Dependent => vec![quote!(__rt::Describable), quote!(__rt::UsableFrom<#layer>)],
        };
        let predicate = |bound| {
            let bound = respan_bound(ty, bound);
            quote!(#ty: #bound)
        };
        bounds.iter().map(predicate).collect()
    }

    /// The alias of the sort.
    pub(crate) fn sort_alias(&self) -> Option<TokenStream> {
        let (alias, ty) = (names::sort(self.index), &self.ty);
        let sort = sort_of(&quote!(#ty));
        self.is_sorted().then(|| quote!(type #alias = #sort;))
    }

    /// Returns whether it may have nothing to wait for, which a constant tells.
    pub(crate) fn may_be_sync(&self) -> bool {
        self.component().is_some() || self.is_sorted()
    }

    /// Whether it has nothing to wait for, as a constant. `None` for a component.
    pub(crate) fn is_sync(&self) -> Option<TokenStream> {
        let ty = &self.ty;
        self.component().is_none().then(|| quote!(__rt::is_sync(__rt::Probe::<#ty>::ORIGIN)))
    }

    /// Returns whether it may hold a resource of the request: not if it is from the container, or an extractor of axum that is known by name.
    pub(crate) fn may_hold(&self) -> bool {
        matches!(self.kind, Kind::Extracted)
    }

    /// The bound under which it is extracted without waiting.
    pub(crate) fn predicate_now(&self, dependency_type: &TokenStream) -> TokenStream {
        match self.component() {
            Some(_) => self.predicate_on(dependency_type),
            None => {
                let bound = self.trait_now();
                quote!(#dependency_type: #bound)
            }
        }
    }

    /// Returns whether the parameter may be the principal: every extractor except those of axum, which are known by name.
    pub(crate) fn is_possible_principal(&self) -> bool {
        matches!(self.kind, Kind::Extracted)
    }

    /// The constant that says whether the parameter is the policy.
    pub(crate) fn guard_constant(&self) -> TokenStream {
        let (name, ty) = (names::guard(self.index), &self.ty);
        let value = if self.is_possible_principal() {
            quote!((__rt::Probe::<#ty>::DEMANDS || __rt::Probe::<#ty>::PROMISES) && !__rt::Probe::<#ty>::READS_BODY)
        } else {
            quote!(false)
        };
        quote!(const #name: ::core::primitive::bool = #value;)
    }

    /// The bound of a last parameter that may be the policy: rustc knows whether it is.
    pub(crate) fn guard_predicate(&self) -> TokenStream {
        let (ty, container, sort, guard) =
            (&self.ty, names::container(), self.last_sort(), names::guard(self.index));
        quote!(#ty: __rt::GuardParameter<#container, #sort, #guard>)
    }

    /// The proof that the parameter can be extracted several times, as far as its type tells.
    pub(crate) fn repetition(&self) -> TokenStream {
        let (alias, ty) = (names::repetition(self.index), &self.ty);
        quote! {
            type #alias = __rt::Repetition<{
                __rt::repetition(
                    __rt::Probe::<#ty>::KIND,
                    __rt::Probe::<#ty>::COMPONENT,
                    __rt::Probe::<#ty>::IS_TAKEN_ONCE,
                    __rt::Probe::<#ty>::IS_REPEATABLE,
                )
            }>;
            const _: () = <#ty as __rt::Repeated<#alias>>::PROVEN;
        }
    }

    /// The bound under which the last parameter can be extracted several times.
    pub(crate) fn repetition_predicate(&self) -> TokenStream {
        let (container, alias, ty) = (names::container(), names::repetition(self.index), &self.ty);
        let bound = respan_bound(ty, &quote!(__rt::RepeatedIn<#container, #alias>));
        quote!(#ty: #bound)
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
        let proof = match self.generic {
            Generic::Parameter => Some(quote!(<#ty as __rt::ProvidedTo<#layer>>::usable)),
            _ => proof,
        };
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
                let has_origin = self.is_sorted() || self.generic == Generic::Parameter;
                let origin = has_origin.then(|| quote!(origin: __rt::Probe::<#ty>::ORIGIN,));
                (
                    quote!(__rt::Probe::<#ty>::KIND),
                    Some(quote! {
                        #origin
                        demands_credentials: __rt::Probe::<#ty>::DEMANDS || __rt::Probe::<#ty>::PROMISES,
                        input: #input,
                    }),
                )
            }
        };
        let usable = proof.map(|proof| quote!(usable: #proof,));
        // With all fields, clippy reports a base as needless.
        let has_origin = self.is_sorted() || self.generic == Generic::Parameter;
        let is_complete = usable.is_some() && input.is_some() && has_origin;
        let others = (!is_complete).then(|| quote!(..__rt::ParameterSpec::EMPTY));
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
