//! The code of modules, and of the fields that hold them. It stands in a block with the alias `__rt`, except for the setters.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use syn::Type;

use super::{
    ast::Kind,
    expand::Key,
    model::{Field, Include, Model, Reach, Recipe},
};
use crate::{
    attributes::negate_cfgs,
    names,
    spans::{respan, respan_bound, respan_path},
    types::{only_argument_of, ungrouped},
};

/// Returns the module, which is erroneous if the proofs of the modules failed. rustc then reports nothing that depends on it.
fn proven(module: &Type) -> TokenStream {
    let proof = names::module_proof();
    quote!(<(#module, #proof) as __rt::Behind>::Type)
}

/// The methods of the builder that change the builders of modules.
pub(super) fn setters(model: &Model) -> TokenStream {
    let (vis, builder) = (&model.vis, names::builder(&model.ident));
    let setters: Vec<_> = model
        .modules()
        .filter(|(_, field, _)| field.is_injectable)
        .map(|(_, Field { ident, cfgs, .. }, Include { module, .. })| {
            let module = proven(module);
            let doc = format!(
                " Changes the builder of the module `{}`, whose fields are set like those of the container.",
                names::display_name(ident),
            );
            quote! {
                #[doc = #doc]
                #(#cfgs)*
                #vis fn #ident(
                    self,
                    change: impl ::core::ops::FnOnce(
                        <#module as __rt::Container>::Builder,
                    ) -> <#module as __rt::Container>::Builder
                    + ::core::marker::Send
                    + 'static,
                ) -> Self {
                    __rt::ModuleSlot::<#module>::change(&self.#ident, change);
                    self
                }
            }
        })
        .collect();
    if setters.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[automatically_derived]
        #[allow(dead_code, private_interfaces, reason = "setters are for tests")]
        impl #builder { #(#setters)* }
    }
}

/// The data of a field with a module.
pub(super) fn spec(model: &Model, key: &Key, include: &Include) -> TokenStream {
    let (container, proof, module) = (&model.ident, names::proof(), proven(&include.module));
    let spec = quote!(<#module as __rt::IncludedField<#container, #key, #proof>>::SPEC);
    if include.replaced.is_empty() {
        return spec;
    }
    let count = Literal::usize_unsuffixed(include.replaced.len());
    let edges = include.replaced.iter().map(|(name, number)| {
        let (name, number) = (names::display_name(name), Literal::usize_unsuffixed(*number));
        quote!(__rt::Dependency::required(#name, __rt::Node::Field(#number)))
    });
    let requirements = quote!(<#module as __rt::IncludedIn<#container>>::REQUIREMENTS);
    quote! {
        #spec.requiring(const {
            &__rt::joined::<{ #requirements.len() + #count }>(#requirements, &[#(#edges),*])
        })
    }
}

/// The data of an optional value.
pub(super) fn optional(model: &Model, key: &Key, value: &Type) -> TokenStream {
    let (container, builder) = (&model.ident, names::builder_value());
    quote! {
        {
            #[allow(unused_imports, reason = "unused if there is a value")]
            use __rt::NotOffered as _;
            const NODE: __rt::Dependency = __rt::Offered::<#value, #container>::EDGE;
            const EDGES: &[__rt::Dependency] =
                if __rt::Offered::<#value, #container>::IS { &[NODE] } else { &[] };
            __rt::FieldSpec::optional::<#key, #value>(EDGES, |#builder| {
                __rt::put::<#container, #key>(#builder, __rt::Offered::<#value, #container>::take(#builder))
            })
        }
    }
}

/// The implementations for a field with a module, for what the modules contribute, and for what a module provides.
pub(super) fn implementations(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let mut items = TokenStream::new();
    let container = &model.ident;
    if let Recipe::Module(include) = &field.recipe
        && field.is_injectable
    {
        items.extend(includes(model, key, field, include));
    }
    if let Recipe::BindAll(all) = &field.recipe
        && all.collects
    {
        let port = &all.port;
        let implementation = respan(&field.ty, quote!(impl __rt::Collects<#port> for #container {}));
        items.extend(quote!(#[automatically_derived] #implementation));
    }
    if model.kind == Kind::Module {
        items.extend(shared(model, key, field));
        items.extend(contribution(model, field));
    }
    items
}

/// `impl Includes`
fn includes(model: &Model, key: &Key, field: &Field, include: &Include) -> TokenStream {
    let (container, builder, module) = (&model.ident, names::builder(&model.ident), &include.module);
    let proven = proven(module);
    let (ident, number) = (&field.ident, key.number());
    let (source, source_type) = (names::source(), names::source_type());
    let replace = (!include.replaced.is_empty()).then(|| {
        let value = names::builder_value();
        let setters = include.replaced.iter().map(|(name, number)| {
            let key = Key::of(*number);
            let argument = respan(name, quote!((__rt::owned::<#container, #key>(#value))));
            quote!(.#name #argument)
        });
        quote! {
            fn replace(
                #value: &#builder,
                module: <#proven as __rt::Container>::Builder,
            ) -> <#proven as __rt::Container>::Builder {
                module #(#setters)*
            }
        }
    });
    // rustc points at the header where the module is included twice under different names.
    let implementation = respan(
        &field.ty,
        quote! {
            impl __rt::Includes<#module> for #container {
                const FIELD: ::core::primitive::usize = #number;

                fn module<#source_type: __rt::Source<Self>>(#source: &#source_type) -> &__rt::Arc<#module> {
                    #source.field::<#key>()
                }

                fn place(builder: &#builder) -> &__rt::ModuleSlot<#module> {
                    &builder.#ident
                }

                #replace
            }
        },
    );
    quote! {
        #[automatically_derived]
        #implementation
    }
}

/// `impl SharedIn`, by which the containers that include the module provide an `Arc` of it.
fn shared(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let is_own =
        !matches!(field.recipe, Recipe::Required | Recipe::Unknown | Recipe::Taken(_) | Recipe::Module(_))
            && field.is_injectable
            && field.reach == Reach::Open
            && field.qualifier.is_none()
            && field.lazy.is_none();
    let Some(pointee) = only_argument_of(&field.ty, "Arc").filter(|_| is_own) else {
        return TokenStream::new();
    };
    if matches!(ungrouped(pointee), Type::Slice(_)) {
        return TokenStream::new();
    }
    let (module, ident, number) = (&model.ident, &field.ident, key.number());
    let (container, source, source_type) = (names::container(), names::source(), names::source_type());
    // rustc points at the parameter where the type is of another crate.
    let bound = respan_path(pointee, container.clone());
    let implementation = respan(
        pointee,
        quote! {
            impl<#bound: __rt::Includes<#module>> __rt::SharedIn<#container> for #pointee {
                const NODE: __rt::Node = __rt::Node::InModule(#container::FIELD, #number);

                fn shared<#source_type: __rt::Source<#container>>(#source: &#source_type) -> __rt::Arc<Self> {
                    __rt::Arc::clone(&#container::module(#source).#ident)
                }
            }
        },
    );
    quote! {
        #[automatically_derived]
        #implementation
    }
}

/// What a field under `#[contribute]` adds: the type of the values, and whether the field is a list of them.
fn contributed(field: &Field) -> Option<(&Type, bool)> {
    let list = only_argument_of(&field.ty, "Vec");
    field.contributes.then(|| list.map_or((&field.ty, false), |value| (value, true)))
}

/// `impl Contributes`
fn contribution(model: &Model, field: &Field) -> TokenStream {
    let Some((value, is_list)) = contributed(field) else { return TokenStream::new() };
    let (module, ident) = (&model.ident, &field.ident);
    let values = if is_list { quote!(&self.#ident) } else { quote!(::core::slice::from_ref(&self.#ident)) };
    let implementation = respan(
        &field.ty,
        quote! {
            impl __rt::Contributes<#value> for #module {
                fn contributions(&self) -> &[#value] {
                    #values
                }
            }
        },
    );
    quote! {
        #[automatically_derived]
        #implementation
    }
}

/// Returns the declaration of `OTHERS`, the modules that contribute a `port`, and the method that adds what they contribute.
pub(super) fn collected(model: &Model, port: &Type) -> (TokenStream, TokenStream) {
    let container = &model.ident;
    let (modules, calls): (Vec<_>, Vec<_>) = model
        .modules()
        .map(|(number, field, Include { module, .. })| {
            let module = proven(module);
            let (cfgs, number) = (&field.cfgs, Literal::usize_unsuffixed(number));
            let contribution = quote!(__rt::Contribution::<#module, #port>::OF);
            (
                quote!(#(#cfgs)* (#number, #contribution.is_some())),
                quote!(#(#cfgs)* __rt::contribute::<#container, #module, #port>(builder, #contribution, all);),
            )
        })
        .unzip();
    let import = quote! {
        #[allow(unused_imports, reason = "unused if all modules contribute")]
        use __rt::NoContribution as _;
    };
    let builder = names::builder(container);
    let others = quote! {
        #import
        const MODULES: &[(::core::primitive::usize, ::core::primitive::bool)] = &[#(#modules),*];
        const OTHERS: &[__rt::Dependency] = &__rt::contributors::<{ __rt::contributor_count(MODULES) }>(MODULES);
    };
    let collect = quote! {
        #[allow(unused_variables, clippy::ptr_arg, reason = "unused without modules")]
        fn collect(builder: &#builder, all: &mut __rt::Vec<#port>) {
            #import
            #(#calls)*
        }
    };
    (others, collect)
}

/// The proofs that the container has what its modules require. The type `__ModuleProof` is erroneous if it has not.
pub(super) fn proofs(model: &Model) -> TokenStream {
    let container = &model.ident;
    let proofs: Vec<_> = model
        .modules()
        .map(|(_, field, Include { module, .. })| {
            let cfgs = &field.cfgs;
            let value = respan(module, quote!(::core::marker::PhantomData::<#module>));
            let prove = respan_path(container, quote!(__rt::IncludedModule::<#container>::prove));
            quote!(#(#cfgs)* #prove(#value);)
        })
        .collect();
    if proofs.is_empty() {
        return TokenStream::new();
    }
    let proof = names::module_proof();
    quote! {
        const MODULES_PROVEN: ::core::primitive::bool = {
            let _: fn() = || { #(#proofs)* };
            true
        };
        type #proof = __rt::Proven<MODULES_PROVEN>;
    }
}

/// `impl Module` and `impl IncludedIn`, of a module.
pub(super) fn module(model: &Model) -> TokenStream {
    if model.kind != Kind::Module {
        return TokenStream::new();
    }
    let (module, builder) = (&model.ident, names::builder(&model.ident));
    let container = names::container();
    let (source, source_type) = (names::source(), names::source_type());
    let required: Vec<_> =
        model.fields().filter(|(_, field)| matches!(field.recipe, Recipe::Required)).collect();
    let mut items = TokenStream::new();
    let mut predicates = Vec::new();
    let (mut edges, mut values) = (Vec::new(), Vec::new());
    for &(number, field) in &required {
        let (key, injected, cfgs, ident) =
            (Key::of(number), field.injected_type(), &field.cfgs, &field.ident);
        let bound = respan_bound(&field.ty, &quote!(__rt::Injectable<#container, __rt::External>));
        if cfgs.is_empty() {
            predicates.push(quote!(#injected: #bound));
        } else {
            let otherwise = negate_cfgs(cfgs);
            items.extend(quote! {
                #(#cfgs)*
                impl __rt::Conditional<#key> for #module {
                    type Type = #injected;
                }
                #otherwise
                impl __rt::Conditional<#key> for #module {
                    type Type = __rt::Absent;
                }
            });
            predicates.push(quote!(<#module as __rt::Conditional<#key>>::Type: #bound));
        }
        let name = field.name();
        edges.push(quote! {
            #(#cfgs)*
            __rt::Dependency::required(#name, <#injected as __rt::Injectable<#container, __rt::External>>::NODE)
        });
        let value = quote!(<#injected as __rt::Injectable<#container, __rt::External>>::inject(#source));
        let value =
            if field.qualifier.is_some() { quote!(__rt::Qualified::into_inner(#value)) } else { value };
        values.push(quote!(#(#cfgs)* #ident: #value));
    }
    for (value, field) in model.fields().filter_map(|(_, field)| Some((contributed(field)?.0, field))) {
        let bound = respan_bound(&field.ty, &quote!(__rt::Collects<#value>));
        predicates.push(quote!(#container: #bound));
    }
    let inputs = names::inputs(module);
    let source = if required.is_empty() { quote!(_) } else { source.to_token_stream() };
    let arguments = (!required.is_empty()).then(|| quote!(#inputs { #(#values),* }));
    quote! {
        #items
        #[automatically_derived]
        impl __rt::Module for #module {
            type Itself = Self;
        }
        #[automatically_derived]
        impl<#container: __rt::Container> __rt::IncludedIn<#container> for #module
        where
            #(#predicates,)*
        {
            const REQUIREMENTS: &'static [__rt::Dependency] = &[#(#edges),*];

            fn builder<#source_type: __rt::Source<#container>>(#source: &#source_type) -> #builder {
                <#module>::builder(#arguments)
            }
        }
    }
}
