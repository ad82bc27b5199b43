//! The code of a request-scoped component: every field is an extractor.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    expand::{literal, new},
    validate::{Field, Model},
};
use crate::{
    dependency::{Dependency, declared_keys},
    names,
    request::{Output, Parameter, Strategy},
    stereotype::StereotypeArgs,
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
//     impl<C: Container + Send + Sync> Provider<C> for Checkout where CurrentUser: Parameter<C>, CartService: Injectable<C> {
//         fn provide<P: Strategy<Self>>(parts: &mut Parts, container: &Arc<C>) -> impl Future<..> + Send {
//             // as of a provider, around
//             Ok(Self {
//                 user: extracted(<CurrentUser as Parameter<C>>::extract(parts, container).await)?,
//                 carts: Inject(Injectable::inject(&**container)),
//             })
//         }
//     }
//     // and what else is implemented for the output of a provider
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { args, item, fields } = model;
    let runtime = &args.runtime;
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let (ident, name) = (&item.ident, names::shown(&item.ident));
    let self_type = quote!(#ident #ty_generics);
    let fields: Vec<_> = fields.iter().filter_map(Extracted::of).collect();
    let dependencies: Vec<_> = fields.iter().map(|it| &it.dependency).collect();
    let keys = names::conditional_keys(&name);
    let declared_keys = declared_keys(&dependencies, &keys);
    let conditionals =
        dependencies.iter().map(|it| it.conditional(&item.generics, &self_type, &keys, runtime));
    let foreign = dependencies.iter().map(|it| it.is_foreign(&item.generics, runtime));

    let predicates: Vec<_> = fields
        .iter()
        .map(|it| it.parameter.predicate_on(&it.dependency.asked_type(&keys, runtime), runtime))
        .collect();
    let specs: Vec<_> = fields.iter().map(|field| spec(field, model)).collect();
    let parts = names::parts();
    let values = literal(model, |field| {
        Some(match Extracted::of(field) {
            Some(extracted) => extracted.parameter.value(&quote!(#parts), runtime),
            None => field.origin.value(&field.ty, runtime),
        })
    });
    let body = quote!(::core::result::Result::Ok(#values));
    let output = Output {
        runtime,
        generics: &item.generics,
        ty: &self_type,
        name: &name,
        declared_at: ident.span(),
        strategy: Strategy::Uncached,
        predicates: &predicates,
        specs: &specs,
        fallible: None,
        body: &body,
        layer: &args.layer,
    };
    let (new, output) = (new(model), output.expand());
    quote!(#new #declared_keys #(#conditionals)* #(#foreign)* #output)
}

/// A field that is extracted, or taken from the container through `Inject<T>`.
struct Extracted {
    parameter: Parameter,
    /// On the `T` of an `Inject<T>`.
    dependency: Dependency,
}

impl Extracted {
    fn of(field: &Field) -> Option<Self> {
        let dependency = field.origin.dependency()?;
        let parameter = Parameter::new(dependency.name.clone(), field.ty.clone()).marked(dependency);
        let on = parameter.component().unwrap_or(&field.ty).clone();
        Some(Self { parameter, dependency: dependency.on(on) })
    }
}

/// The description of a field, which also proves that the layer of the component may use it.
fn spec(field: &Extracted, model: &Model) -> TokenStream {
    let StereotypeArgs { runtime, layer, .. } = &model.args;
    let Extracted { parameter, dependency } = field;
    let (cfgs, spec) = (&dependency.cfgs, parameter.spec(layer, runtime));
    // Other extractors prove it here: what they are is a matter of their own.
    let used = parameter.component().is_none().then(|| dependency.usable(layer, runtime));
    let used = used.map(|usable| quote!(.used(#usable)));
    quote!(#(#cfgs)* #spec #used)
}
