//! The code of a request-scoped component: every field is an extractor.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Generics;

use super::{
    expand::{literal, new},
    validate::{Field, Model},
};
use crate::{
    dependency::{Dependency, declare_keys},
    names,
    output::{Making, MakingNow, Output, Strategy},
    parameter::Parameter,
};

// Input:
//     #[service(scope = request)]
//     pub struct Checkout {
//         user: CurrentUser,
//         carts: Inject<CartService>,
//     }
//
// Output:
//     impl Checkout { pub fn new(user: CurrentUser, carts: Inject<CartService>) -> Self { .. } }
//     impl Layered for Checkout { type Layer = Service; }
//     impl Provided for Checkout { const NODE: &ProviderNode = ..; }
//     impl<C: Container> Provider<C> for Checkout where CurrentUser: Parameter<C, Sort0>, CartService: Injectable<C> {
//         fn provide<P: Strategy<Self>>(context: &mut RequestContext<'_, C>) -> impl Future<..> + Send {
//             // as for a provider, around
//             Self {
//                 user: <CurrentUser as Parameter<C, Sort0>>::extract(context).await?,
//                 carts: Inject(Injectable::inject(&**context.container)),
//             }
//         }
//     }
//     // and the other implementations of the output of a provider
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { args, item, fields, .. } = model;
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let (ident, name) = (&item.ident, names::display_name(&item.ident));
    let self_type = quote!(#ident #ty_generics);
    let fields: Vec<_> = fields
        .iter()
        .enumerate()
        .filter_map(|(index, field)| ExtractedField::of(field, index, &item.generics))
        .collect();
    let dependencies: Vec<_> = fields.iter().map(|field| &field.dependency).collect();
    let keys = names::conditional_keys();
    let declared_keys = declare_keys(&dependencies, &keys);
    let conditionals =
        dependencies.iter().map(|dependency| dependency.conditional(&item.generics, &self_type, &keys));
    let checks = dependencies.iter().map(|dependency| dependency.external_check(&item.generics));

    let predicates: Vec<_> = fields
        .iter()
        .map(|field| field.parameter.predicate_on(&field.dependency.bound_type(&keys)))
        .collect();
    let described: Vec<_> =
        fields.iter().flat_map(|field| field.parameter.generic_predicates(&args.layer)).collect();
    let specs: Vec<_> = fields.iter().map(|field| field.spec(&args.layer)).collect();
    let extracted = |field: &Field| fields.iter().find(|extracted| std::ptr::eq(extracted.field, field));
    let making = |value_of: fn(&Parameter) -> TokenStream| Making {
        statements: TokenStream::new(),
        value: literal(model, |field| {
            Some(match extracted(field) {
                Some(extracted) => value_of(&extracted.parameter),
                None => field.origin.value(&field.ty),
            })
        }),
    };
    let making_now = fields.iter().all(|field| field.parameter.may_be_sync()).then(|| MakingNow {
        making: making(Parameter::value_now),
        predicates: fields
            .iter()
            .map(|field| field.parameter.predicate_now(&field.dependency.bound_type(&keys)))
            .collect(),
        conditions: fields.iter().filter_map(|field| field.parameter.is_sync()).collect(),
    });
    let output = Output {
        generics: &item.generics,
        ty: &self_type,
        name: &name,
        declared_at: ident.span(),
        strategy: Strategy::Uncached,
        held: fields.iter().filter_map(ExtractedField::held).collect(),
        predicates: &predicates,
        described: &described,
        specs: &specs,
        fallible: None,
        error_list: None,
        aliases: fields.iter().filter_map(|field| field.parameter.sort_alias()).collect(),
        making: making(Parameter::value),
        making_now,
        layer: &args.layer,
    };
    let output = output.expand();
    let block = args.runtime.block(&quote!(#declared_keys #(#conditionals)* #(#checks)* #output));
    let new = new(model);
    quote!(#new #block)
}

/// A field that is extracted, or taken from the container through `Inject<T>`.
struct ExtractedField<'a> {
    field: &'a Field,
    parameter: Parameter,
    /// On the `T` of an `Inject<T>`.
    dependency: Dependency,
}

impl<'a> ExtractedField<'a> {
    fn of(field: &'a Field, index: usize, generics: &Generics) -> Option<Self> {
        let dependency = field.origin.dependency()?;
        let parameter = Parameter::new(dependency.name.clone(), field.ty.clone())
            .among(generics, &dependency.cfgs)
            .at(index)
            .with_attributes(dependency)
            .described_among(generics, dependency);
        let on = parameter.component().unwrap_or(&field.ty).clone();
        Some(Self { field, parameter, dependency: dependency.on(on) })
    }

    /// The resource that the field is or holds, and that ends before the head of the response.
    fn held(&self) -> Option<TokenStream> {
        let (cfgs, ty) = (&self.dependency.cfgs, &self.field.ty);
        let held = quote!(#(#cfgs)* __rt::Probe::<#ty>::ENDS_WITH_HEAD);
        self.parameter.may_hold().then_some(held)
    }

    /// The metadata of the field, which also proves that the layer of the component may use it.
    fn spec(&self, layer: &TokenStream) -> TokenStream {
        let Self { parameter, dependency, .. } = self;
        let proof = if parameter.component().is_some() { None } else { dependency.proof(layer) };
        let (cfgs, spec) = (&dependency.cfgs, parameter.spec_with(layer, proof));
        quote!(#(#cfgs)* #spec)
    }
}
