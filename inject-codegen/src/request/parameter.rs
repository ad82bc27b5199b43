//! Parameters: axum extractors, and `Inject<T>`, which is read from the container without asking axum.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Path, PathArguments, Type};

use super::of_parameter;
use crate::{
    dependency::Dependency, generics::mentions_parameter, names, paths::Runtime, spans::across,
    types::only_argument_of,
};

/// A parameter, or a field of a request-scoped component.
pub(crate) struct Parameter {
    /// In the route table.
    pub(crate) name: String,
    pub(crate) ty: Type,
    kind: Kind,
}

enum Kind {
    /// `Inject<T>`. It is known by its name: under another, it is an extractor like all others, and its layer is checked where the
    /// container is known.
    Injected { wrapper: Path, component: Box<Type>, marked: Option<Box<Dependency>> },
    /// Any other extractor.
    Extracted,
}

impl Parameter {
    pub(crate) fn new(name: String, ty: Type) -> Self {
        let kind = match injected(&ty) {
            Some((wrapper, component)) => {
                Kind::Injected { wrapper, component: Box::new(component), marked: None }
            }
            None => Kind::Extracted,
        };
        Self { name, ty, kind }
    }

    /// The same, as `dependency` describes it: qualified, or an exception from the layers.
    pub(crate) fn marked(mut self, dependency: &Dependency) -> Self {
        if let Kind::Injected { component, marked, .. } = &mut self.kind {
            *marked = Some(Box::new(dependency.on((**component).clone())));
        }
        self
    }

    /// The `T` of `Inject<T>`.
    pub(crate) fn component(&self) -> Option<&Type> {
        match &self.kind {
            Kind::Injected { component, .. } => Some(component),
            Kind::Extracted => None,
        }
    }

    /// What is asked of the container, or of the request: of an `Inject<T>`, `T` with its qualifier.
    pub(crate) fn asked(&self, runtime: &Runtime) -> TokenStream {
        let ty = &self.ty;
        match &self.kind {
            Kind::Injected { marked: Some(dependency), .. } => dependency.injected_type(runtime),
            Kind::Injected { component, .. } => quote!(#component),
            Kind::Extracted => quote!(#ty),
        }
    }

    /// What must hold for the parameter to be extracted from request parts.
    pub(crate) fn predicate(&self, runtime: &Runtime) -> TokenStream {
        self.predicate_on(&self.asked(runtime), runtime)
    }

    /// The same, on `asked` in the place of what is asked.
    pub(crate) fn predicate_on(&self, asked: &TokenStream, runtime: &Runtime) -> TokenStream {
        let (container, ty) = (names::container(), &self.ty);
        let bound = match &self.kind {
            Kind::Injected { component, .. } => across(component, quote!(#runtime::Injectable<#container>)),
            Kind::Extracted => {
                let bound = runtime.private(if reads_body(ty) { "BeforeBody" } else { "Parameter" });
                across(ty, quote!(#bound<#container>))
            }
        };
        quote!(#asked: #bound)
    }

    /// The value, as an expression in a function that returns `Result<_, Response>`.
    pub(crate) fn value(&self, parts: &TokenStream, runtime: &Runtime) -> TokenStream {
        let (container_type, container) = (names::container(), names::container_value());
        let ty = &self.ty;
        match &self.kind {
            Kind::Injected { wrapper, marked: Some(dependency), .. } => {
                let (source, value) = (names::source(), dependency.value(runtime));
                quote!({
                    let #source = &**#container;
                    #wrapper(#value)
                })
            }
            Kind::Injected { wrapper, component, marked: None } => {
                quote!(#wrapper(<#component as #runtime::Injectable<#container_type>>::inject(&**#container)))
            }
            Kind::Extracted => {
                let [parameter, extracted] = ["Parameter", "extracted"].map(|it| runtime.private(it));
                quote!(#extracted(<#ty as #parameter<#container_type>>::extract(#parts, #container).await)?)
            }
        }
    }

    /// The value in an endpoint whose guard has extracted a principal, which may be this very value.
    pub(crate) fn handed_value(&self, parts: &TokenStream, runtime: &Runtime) -> TokenStream {
        let value = self.value(parts, runtime);
        match &self.kind {
            Kind::Injected { .. } => value,
            Kind::Extracted => self.or_handed(&value, runtime),
        }
    }

    /// The principal, if the parameter is that, or else `value`.
    pub(crate) fn or_handed(&self, value: &TokenStream, runtime: &Runtime) -> TokenStream {
        let (handed, principal, ty) = (runtime.private("handed"), names::principal(), &self.ty);
        quote! {
            match #handed::<#ty, _>(&mut #principal) {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => #value,
            }
        }
    }

    /// The trait by which it is the last parameter of an endpoint.
    pub(crate) fn as_last(&self, runtime: &Runtime) -> TokenStream {
        runtime.private(if reads_body(&self.ty) { "BodyParameter" } else { "LastParameter" })
    }

    /// The description. Where the type is known, it is also proven that layer `layer` may use it.
    pub(crate) fn spec(&self, layer: &TokenStream, runtime: &Runtime) -> TokenStream {
        let (spec, shape) = (runtime.private("ParameterSpec"), runtime.private("Shape"));
        let (name, ty) = (&self.name, names::shown_type(&self.ty));
        let known = match &self.kind {
            Kind::Injected { component, marked, .. } => {
                let shown = names::shown_type(component);
                let injected = match marked {
                    Some(dependency) => dependency.usable(layer, runtime),
                    None => {
                        let usable = runtime.private("UsableFrom");
                        quote!(<#component as #usable<#layer>>::INJECTED)
                    }
                };
                quote!(#shape::Injected(#injected.named(#shown)))
            }
            Kind::Extracted => {
                let probe = runtime.private("Probe");
                let ty = &self.ty;
                quote!(#probe::<#ty>::SHAPE)
            }
        };
        let input = match &self.kind {
            Kind::Injected { .. } => quote!(&[]),
            Kind::Extracted => of_parameter(&self.ty, runtime),
        };
        quote!(#spec::new(#name, #ty, #known, #input))
    }

    /// Proves that layer `layer` may use a parameter that is a request-scoped component: a statement. There is nothing to prove of
    /// other extractors, nor, at the definition, of a type that depends on a parameter.
    pub(crate) fn proof(
        &self,
        generics: &Generics,
        layer: &TokenStream,
        runtime: &Runtime,
    ) -> Option<TokenStream> {
        if matches!(self.kind, Kind::Injected { .. }) || mentions_parameter(generics, &self.ty) {
            return None;
        }
        let (probe, ty) = (runtime.private("Probe"), &self.ty);
        let call = across(ty, quote!(#probe::<#ty>::is_usable_from::<#layer>));
        Some(quote!(#call();))
    }
}

/// Whether a type is called like an extractor that reads the body.
fn reads_body(ty: &Type) -> bool {
    const NAMES: [&str; 9] =
        ["Json", "Form", "Multipart", "RawForm", "Bytes", "BytesMut", "String", "Body", "Request"];
    match ty {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|it| NAMES.iter().any(|name| it.ident == name))
        }
        _ => false,
    }
}

/// The proofs of `parameters` in a function that is never called, or nothing if there are none.
pub(crate) fn proofs(
    parameters: &[Parameter],
    generics: &Generics,
    layer: &TokenStream,
    runtime: &Runtime,
) -> TokenStream {
    let proofs: Vec<_> = parameters.iter().filter_map(|it| it.proof(generics, layer, runtime)).collect();
    if proofs.is_empty() {
        return TokenStream::new();
    }
    let unknown_layer = runtime.private("UnknownLayer");
    quote! {
        #[allow(dead_code, unused_imports)] // it is there to be type-checked
        fn proofs() {
            use #unknown_layer as _;
            #(#proofs)*
        }
    }
}

/// `(Inject, T)` of `Inject<T>`.
fn injected(ty: &Type) -> Option<(Path, Type)> {
    let component = only_argument_of(ty, "Inject")?.clone();
    let Type::Path(ty) = ty else { return None };
    let mut wrapper = ty.path.clone();
    wrapper.segments.last_mut()?.arguments = PathArguments::None;
    Some((wrapper, component))
}

/// Names for as many values as there are parameters.
pub(crate) fn names_of(parameters: &[Parameter]) -> Vec<Ident> {
    (0..parameters.len()).map(names::parameter).collect()
}
