//! Dependencies: the fields of a struct and the parameters of a constructor, which take the same attributes.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, Generics, Ident, LitStr, Meta, Path, Type};

use crate::{
    attributes::{self, Keys, arguments, at_most_one, cfgs, expect_bare, expect_word, text_value},
    errors::Errors,
    generics::mentions_parameter,
    names,
    paths::Runtime,
    spans::across,
};

/// The attributes of ours on a field or parameter, taken off it.
pub(crate) struct Marks {
    init: Vec<Attribute>,
    /// Says nothing on a field or parameter: it is injected without an attribute.
    inject: Vec<Attribute>,
    external: Vec<Attribute>,
    qualifier: Vec<Attribute>,
    layering: Vec<Attribute>,
}

/// Where the value of a field or parameter comes from.
#[allow(clippy::large_enum_variant)] // it is, once a tool keeps the places of tokens; there are few of them
pub(crate) enum Origin {
    /// It is injected.
    Dependency(Dependency),
    /// `#[init]`
    Default,
    /// `#[init(..)]`
    Expression(Expr),
    /// What was said about it was wrong; the error is reported.
    Unknown,
}

/// A value that is injected.
#[derive(Clone)]
pub(crate) struct Dependency {
    /// In the graph and in messages.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
    /// The position among the fields or parameters.
    pub(crate) index: usize,
    qualifier: Option<Path>,
    layering: Layering,
}

/// What holds between the layers of the dependent and the dependency.
#[derive(Clone)]
enum Layering {
    Inward,
    External,
    Excepted(LitStr),
}

impl Origin {
    /// The dependency, if it is one.
    pub(crate) fn dependency(&self) -> Option<&Dependency> {
        match self {
            Self::Dependency(dependency) => Some(dependency),
            _ => None,
        }
    }

    /// The value of a `ty` in an expansion.
    pub(crate) fn value(&self, ty: &Type, runtime: &Runtime) -> TokenStream {
        match self {
            Self::Dependency(dependency) => dependency.value(runtime),
            Self::Unknown => rejected(runtime),
            Self::Default => quote!(<#ty as ::core::default::Default>::default()),
            Self::Expression(value) => quote!(#value),
        }
    }
}

/// In the place of a value whose description was wrong.
pub(crate) fn rejected(runtime: &Runtime) -> TokenStream {
    let rejected = runtime.private("rejected");
    quote!(#rejected())
}

impl Marks {
    pub(crate) fn take(attributes: &mut Vec<Attribute>) -> Self {
        Self {
            init: attributes::take(attributes, "init"),
            inject: attributes::take(attributes, "inject"),
            external: attributes::take(attributes, "external"),
            qualifier: attributes::take(attributes, "qualifier"),
            layering: attributes::take(attributes, "layering"),
        }
    }

    /// One of them, if there is any.
    pub(crate) fn first(&self) -> Option<&Attribute> {
        [&self.init, &self.inject, &self.external, &self.qualifier, &self.layering]
            .into_iter()
            .flatten()
            .next()
    }

    /// What the marks say about a field or parameter.
    pub(crate) fn origin(
        self,
        name: String,
        index: usize,
        ty: &Type,
        attributes: &[Attribute],
        errors: &mut Errors,
    ) -> Origin {
        for inject in &self.inject {
            errors.at(
                inject,
                "a dependency needs no attribute: remove `#[inject]`; `#[init]` is for a value that is not a dependency [inject/shape]",
            );
        }
        let init = at_most_one(self.init, errors);
        let external = at_most_one(self.external, errors);
        let qualifier = at_most_one(self.qualifier, errors);
        let layering = at_most_one(self.layering, errors);

        if let Some(init) = init {
            for other in [&external, &qualifier, &layering].into_iter().flatten() {
                let other_name = other.path().to_token_stream();
                errors.at(other, format_args!(
                    "`#[{other_name}]` is about a dependency, and `#[init]` says that this is not one: keep one [inject/shape]",
                ));
            }
            return read_init(&init, errors);
        }
        if let (Some(_), Some(layering)) = (&external, &layering) {
            errors.at(
                layering,
                "`#[external]` waives the layer already: remove `#[layering(..)]` [inject/shape]",
            );
        }
        if let Some(external) = &external {
            expect_word(external, errors);
        }
        let qualifier = qualifier.and_then(|qualifier| read_qualifier(&qualifier, errors));
        let layering = match (external, layering) {
            (Some(_), _) => Layering::External,
            (None, Some(layering)) => match read_layering(&layering, errors) {
                Some(reason) => Layering::Excepted(reason),
                None => return Origin::Unknown,
            },
            (None, None) => Layering::Inward,
        };
        Origin::Dependency(Dependency {
            name,
            ty: ty.clone(),
            cfgs: cfgs(attributes),
            index,
            qualifier,
            layering,
        })
    }
}

/// `#[init]` or `#[init(expression)]`
fn read_init(attribute: &Attribute, errors: &mut Errors) -> Origin {
    if matches!(attribute.meta, Meta::Path(_)) {
        return Origin::Default;
    }
    let Some(tokens) = arguments(attribute, "#[init]` or `#[init(expression)]", errors) else {
        return Origin::Unknown;
    };
    match syn::parse2(tokens.clone()) {
        Ok(value) => Origin::Expression(value),
        Err(_) => {
            errors.at(
                tokens,
                "expected one expression, as in `#[init(Duration::from_secs(30))]` [inject/shape]",
            );
            Origin::Unknown
        }
    }
}

/// `#[qualifier(Replica)]`
pub(crate) fn read_qualifier(attribute: &Attribute, errors: &mut Errors) -> Option<Path> {
    let tokens = arguments(attribute, "#[qualifier(SomeType)]", errors)?;
    match syn::parse2(tokens.clone()) {
        Ok(path) => Some(path),
        Err(_) => {
            errors.at(tokens, "a qualifier is a type, as in `#[qualifier(Replica)]` [inject/shape]");
            None
        }
    }
}

/// `#[layering(allow, reason = "..")]`
fn read_layering(attribute: &Attribute, errors: &mut Errors) -> Option<LitStr> {
    const USAGE: &str = "#[layering(allow, reason = \"why\")]";
    let tokens = arguments(attribute, USAGE, errors)?;
    let (mut allow, mut reason, mut has_reason) = (false, None, false);
    let before = errors.count();
    let keys = Keys { attribute: "#[layering(..)]", known: &["allow", "reason"] };
    keys.read(tokens, errors, |key, meta: &Meta, errors| {
        if key == "allow" {
            expect_bare(meta, errors);
            allow = true;
        } else {
            has_reason = true;
            reason = text_value(meta, "reason = \"why\"", errors);
        }
    });
    if errors.count() == before && !(allow && has_reason) {
        errors.at(
            &attribute.meta,
            format_args!("an exception to the layers says what and why: `{USAGE}` [inject/layer]"),
        );
    }
    reason.filter(|_| allow)
}

impl Dependency {
    /// The type that is asked of the container.
    pub(crate) fn injected_type(&self, runtime: &Runtime) -> TokenStream {
        let ty = &self.ty;
        match &self.qualifier {
            Some(qualifier) => quote!(#runtime::Qualified<#ty, #qualifier>),
            None => quote!(#ty),
        }
    }

    /// The value, from the source.
    pub(crate) fn value(&self, runtime: &Runtime) -> TokenStream {
        let source = names::source();
        let value = quote!(#runtime::Injectable::inject(#source));
        match &self.qualifier {
            Some(_) => quote!(#runtime::Qualified::into_inner(#value)),
            None => value,
        }
    }

    /// The same dependency, as one on `ty`: on the `T` of an `Inject<T>`.
    pub(crate) fn on(&self, ty: Type) -> Self {
        Self { ty, ..self.clone() }
    }

    /// The qualifier, as written.
    pub(crate) fn qualifier(&self) -> Option<&Path> {
        self.qualifier.as_ref()
    }

    /// What a request-scoped component in layer `layer` may do with it, which is thereby proven: an `Injected`.
    pub(crate) fn usable(&self, layer: &TokenStream, runtime: &Runtime) -> TokenStream {
        let (usable, injected) = (runtime.private("UsableFrom"), runtime.private("Injected"));
        let ty = self.injected_type(runtime);
        match &self.layering {
            Layering::Inward => quote!(<#ty as #usable<#layer>>::INJECTED),
            Layering::External => quote!(#injected::external::<#ty>()),
            Layering::Excepted(reason) => quote!(#injected::excepted::<#ty>(#reason)),
        }
    }

    /// The edge of the graph, which also proves that it points inward.
    pub(crate) fn edge(&self, layer: &TokenStream, runtime: &Runtime) -> TokenStream {
        let (dependency, dependency_of) = (runtime.private("Dependency"), runtime.private("DependencyOf"));
        let (ty, name, container) = (self.injected_type(runtime), &self.name, names::container());
        let node = quote!(<#ty as #runtime::Injectable<#container>>::NODE);
        let edge = match &self.layering {
            Layering::Inward => quote!(<#ty as #dependency_of<#layer, #container>>::EDGE),
            Layering::External => quote!(#dependency::external(#node)),
            Layering::Excepted(reason) => quote!(#dependency::excepted(#node, #reason)),
        };
        let cfgs = &self.cfgs;
        quote!(#(#cfgs)* #edge.named(#name))
    }

    /// For an `#[external]` dependency: that its type has no layer which this would waive without a reason. Where the type depends on
    /// a parameter, nobody can know.
    pub(crate) fn is_foreign(&self, generics: &Generics, runtime: &Runtime) -> TokenStream {
        if !matches!(self.layering, Layering::External) || mentions_parameter(generics, &self.ty) {
            return TokenStream::new();
        }
        let (layer_of, unlayered) = (runtime.private("LayerOf"), runtime.private("Unlayered"));
        let (ty, cfgs) = (&self.ty, &self.cfgs);
        let message = "this type has a layer, which `#[external]` would waive: remove the attribute, or say why with `#[layering(allow, reason = \"..\")]` [inject/layer]";
        let panic = across(ty, quote!(::core::panic!(#message)));
        quote! {
            #(#cfgs)*
            const _: () = {
                #[allow(unused_imports)] // where the type has a layer
                use #unlayered as _;
                if #layer_of::<#ty>::NAME.is_some() {
                    #panic
                }
            };
        }
    }

    /// What must hold for the value to be injected. Where rustc cannot check the layers at the definition, because the type
    /// depends on a parameter, they are checked at the use.
    pub(crate) fn predicate(
        &self,
        generics: &Generics,
        layer: &TokenStream,
        keys: &Ident,
        runtime: &Runtime,
    ) -> TokenStream {
        let container = names::container();
        let ty = self.asked_type(keys, runtime);
        let injectable = quote!(#ty: #runtime::Injectable<#container>);
        if !mentions_parameter(generics, &self.ty) {
            return injectable;
        }
        match &self.layering {
            Layering::Inward => {
                let dependency_of = runtime.private("DependencyOf");
                quote!(#ty: #dependency_of<#layer, #container>)
            }
            Layering::External | Layering::Excepted(_) => injectable,
        }
    }

    /// The type in a where clause. Predicates cannot carry `#[cfg]`; an associated type can.
    pub(crate) fn asked_type(&self, keys: &Ident, runtime: &Runtime) -> TokenStream {
        if self.cfgs.is_empty() {
            return self.injected_type(runtime);
        }
        let (conditional, index) = (runtime.private("Conditional"), Literal::usize_unsuffixed(self.index));
        quote!(<Self as #conditional<#keys<#index>>>::Type)
    }

    /// For a dependency under `#[cfg]`: what its type is when it is there, and when it is not.
    pub(crate) fn conditional(
        &self,
        generics: &Generics,
        self_type: &TokenStream,
        keys: &Ident,
        runtime: &Runtime,
    ) -> TokenStream {
        if self.cfgs.is_empty() {
            return TokenStream::new();
        }
        let (conditional, absent) = (runtime.private("Conditional"), runtime.private("Absent"));
        let (cfgs, otherwise) = (&self.cfgs, attributes::negated(&self.cfgs));
        let (ty, index) = (self.injected_type(runtime), Literal::usize_unsuffixed(self.index));
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        quote! {
            #(#cfgs)*
            impl #impl_generics #conditional<#keys<#index>> for #self_type #where_clause {
                type Type = #ty;
            }
            #otherwise
            impl #impl_generics #conditional<#keys<#index>> for #self_type #where_clause {
                type Type = #absent;
            }
        }
    }
}

/// The type of the keys of conditional dependencies, if there is any.
pub(crate) fn declared_keys(dependencies: &[&Dependency], keys: &Ident) -> TokenStream {
    if dependencies.iter().all(|dependency| dependency.cfgs.is_empty()) {
        return TokenStream::new();
    }
    quote! {
        #[allow(dead_code)] // it stands for a dependency, and there is never one of it
        struct #keys<const NUMBER: ::core::primitive::usize>;
    }
}
