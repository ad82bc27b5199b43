//! The code of dependencies. It stands in a block with the alias `__rt`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Generics, Ident, Type};

use super::validate::{Dependency, Layering, Origin};
use crate::{
    attributes::negate_cfgs,
    generics::has_parameter,
    names,
    spans::{respan_bound, respan_call, respan_path},
};

impl Origin {
    /// Returns the value, of type `ty`.
    pub(crate) fn value(&self, ty: &Type) -> TokenStream {
        match self {
            Self::Dependency(dependency) => dependency.value(),
            Self::Unknown => rejected(),
            Self::Default => quote!(<#ty as ::core::default::Default>::default()),
            Self::Expression(value) => quote!(#value),
        }
    }
}

/// Returns the placeholder of a value whose attributes were wrong.
pub(crate) fn rejected() -> TokenStream {
    quote!(__rt::rejected())
}

impl Dependency {
    /// The type that the container provides.
    pub(crate) fn injected_type(&self) -> TokenStream {
        let ty = &self.ty;
        match &self.qualifier {
            Some(qualifier) => quote!(__rt::Qualified<#ty, #qualifier>),
            None => quote!(#ty),
        }
    }

    /// The bound under which the container provides the value, without a check of the layer.
    pub(crate) fn injectable(&self) -> TokenStream {
        let container = names::container();
        match self.layering {
            Layering::External | Layering::Decorated => quote!(__rt::Injectable<#container, __rt::External>),
            Layering::Inward | Layering::Excepted(_) => quote!(__rt::Injectable<#container>),
        }
    }

    /// Returns the expression that injects the value from the source.
    pub(crate) fn value(&self) -> TokenStream {
        let source = names::source();
        let value = match self.layering {
            Layering::External | Layering::Decorated => {
                quote!(__rt::Injectable::<_, __rt::External>::inject(#source))
            }
            Layering::Inward | Layering::Excepted(_) => quote!(__rt::Injectable::inject(#source)),
        };
        match &self.qualifier {
            Some(_) => quote!(__rt::Qualified::into_inner(#value)),
            None => value,
        }
    }

    /// An `Injected`, which proves that layer `layer` may use the dependency.
    pub(crate) fn injected(&self, layer: &TokenStream) -> TokenStream {
        let ty = self.injected_type();
        match &self.layering {
            Layering::Inward => quote!(<#ty as __rt::UsableFrom<#layer>>::INJECTED),
            Layering::External | Layering::Decorated => quote!(__rt::Injected::external::<#ty>()),
            Layering::Excepted(reason) => quote!(__rt::Injected::excepted::<#ty>(#reason)),
        }
    }

    /// The proof that layer `layer` may use the dependency, for `ParameterSpec::usable`. `None` where an attribute waives it.
    pub(crate) fn proof(&self, layer: &TokenStream) -> Option<TokenStream> {
        let ty = self.injected_type();
        matches!(self.layering, Layering::Inward).then(|| quote!(<#ty as __rt::UsableFrom<#layer>>::usable))
    }

    /// The edge of the graph, which also proves that it points inward. Whether the type has a layer at all is proven where the container is
    /// known: rustc then reports the type once, and not in each of its dependents.
    pub(crate) fn edge(&self, generics: &Generics, layer: &TokenStream) -> TokenStream {
        let (ty, name, container) = (self.injected_type(), &self.name, names::container());
        let (injectable, cfgs) = (self.injectable(), &self.cfgs);
        let node = quote!(<#ty as #injectable>::NODE);
        let edge = match &self.layering {
            Layering::Inward if has_parameter(generics, &self.ty) => {
                quote!(<#ty as __rt::DependencyOf<#layer, #container>>::EDGE)
            }
            Layering::Inward => {
                let proof = respan_path(&self.ty, quote!(__rt::LayerOf::<#ty>::usable_from::<#layer>));
                return quote!(#(#cfgs)* __rt::Dependency::inward(#name, #node, #proof));
            }
            Layering::External => {
                quote!(__rt::Dependency::external(#node))
            }
            Layering::Excepted(reason) => quote!(__rt::Dependency::excepted(#node, #reason)),
            Layering::Decorated => quote!(__rt::Dependency::decorated(#node)),
        };
        quote!(#(#cfgs)* #edge.named(#name))
    }

    /// For an `#[external]` dependency: a check that its type has no layer, which the attribute would waive without a reason. The layer of a
    /// type that depends on a parameter is unknown.
    pub(crate) fn external_check(&self, generics: &Generics) -> TokenStream {
        if !matches!(self.layering, Layering::External) || has_parameter(generics, &self.ty) {
            return TokenStream::new();
        }
        let (ty, cfgs) = (&self.ty, &self.cfgs);
        let check = respan_call(ty, &quote!(__rt::reject_layer), &quote!(__rt::LayerOf::<#ty>::NAME));
        quote! {
            #(#cfgs)*
            const _: () = {
                #[allow(unused_imports, reason = "unused if the type has a layer")]
                use __rt::Unlayered as _;
                #check
            };
        }
    }

    /// The bound under which the value can be injected. Where rustc cannot check the layers at the definition, because the type depends on a
    /// parameter, it checks them at the use.
    pub(crate) fn predicate(&self, generics: &Generics, layer: &TokenStream, keys: &Ident) -> TokenStream {
        let container = names::container();
        let ty = self.bound_type(keys);
        match &self.layering {
            Layering::Inward if has_parameter(generics, &self.ty) => {
                quote!(#ty: __rt::DependencyOf<#layer, #container>)
            }
            _ => {
                let bound = respan_bound(&self.ty, &self.injectable());
                quote!(#ty: #bound)
            }
        }
    }

    /// Returns the type in a where clause. A predicate cannot have `#[cfg]`, but an associated type can.
    pub(crate) fn bound_type(&self, keys: &Ident) -> TokenStream {
        if self.cfgs.is_empty() {
            return self.injected_type();
        }
        let index = Literal::usize_unsuffixed(self.index);
        quote!(<Self as __rt::Conditional<#keys<#index>>>::Type)
    }

    /// Returns, for a dependency under `#[cfg]`, its type if the condition holds and if it does not.
    pub(crate) fn conditional(
        &self,
        generics: &Generics,
        self_type: &TokenStream,
        keys: &Ident,
    ) -> TokenStream {
        if self.cfgs.is_empty() {
            return TokenStream::new();
        }
        let (cfgs, otherwise) = (&self.cfgs, negate_cfgs(&self.cfgs));
        let (ty, index) = (self.injected_type(), Literal::usize_unsuffixed(self.index));
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        quote! {
            #(#cfgs)*
            impl #impl_generics __rt::Conditional<#keys<#index>> for #self_type #where_clause {
                type Type = #ty;
            }
            #otherwise
            impl #impl_generics __rt::Conditional<#keys<#index>> for #self_type #where_clause {
                type Type = __rt::Absent;
            }
        }
    }
}

/// Declares the keys of conditional dependencies, if there are any.
pub(crate) fn declare_keys(dependencies: &[&Dependency], keys: &Ident) -> TokenStream {
    if dependencies.iter().all(|dependency| dependency.cfgs.is_empty()) {
        return TokenStream::new();
    }
    quote! {
        #[allow(dead_code, reason = "a key is a type and never constructed")]
        struct #keys<const NUMBER: ::core::primitive::usize>;
    }
}
