//! The code of a request-scoped component: every field is an extractor.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::{
    expand::{literal, new},
    validate::{Field, Model},
};
use crate::{
    dependency::{Dependency, Origin, declared_keys, rejected},
    names,
    request::{Output, Parameter, Strategy},
    spans::across,
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
//         async fn provide(parts: &mut Parts, container: &Arc<C>) -> Result<Self, Response> {
//             Ok(Self {
//                 user: <CurrentUser as Parameter<C>>::extract(parts, container).await?,
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

    let container = names::container();
    let predicates: Vec<_> = fields
        .iter()
        .map(|field| {
            let ty = field.dependency.asked_type(&keys, runtime);
            let bound = if field.is_injected {
                quote!(#runtime::Injectable<#container>)
            } else {
                let parameter = runtime.private("Parameter");
                quote!(#parameter<#container>)
            };
            let bound = across(&field.dependency.ty, bound);
            quote!(#ty: #bound)
        })
        .collect();
    let specs: Vec<_> = fields.iter().map(|field| spec(field, model)).collect();
    let (source, container_value) = (names::source(), names::container_value());
    let values = literal(model, |field| Some(value(field, model)));
    let body = quote! {
        #[allow(unused_variables)] // where nothing is taken from the container
        let #source = &**#container_value;
        ::core::result::Result::Ok(#values)
    };
    let output = Output {
        runtime,
        generics: &item.generics,
        ty: &self_type,
        name: &name,
        declared_at: ident.span(),
        strategy: Strategy::Uncached,
        predicates: &predicates,
        specs: &specs,
        body: &body,
        layer: &args.layer,
    };
    let (new, output) = (new(model), output.expand());
    quote!(#new #declared_keys #(#conditionals)* #(#foreign)* #output)
}

/// A field that is extracted, or taken from the container through `Inject<T>`.
struct Extracted<'a> {
    ty: &'a Type,
    /// On the `T` of an `Inject<T>`.
    dependency: Dependency,
    is_injected: bool,
}

impl<'a> Extracted<'a> {
    fn of(field: &'a Field) -> Option<Self> {
        let dependency = field.origin.dependency()?;
        let parameter = Parameter::new(dependency.name.clone(), field.ty.clone());
        let component = parameter.component();
        let on = component.unwrap_or(&field.ty).clone();
        Some(Self { ty: &field.ty, dependency: dependency.on(on), is_injected: component.is_some() })
    }
}

/// The description of a field, which also proves that the layer of the component may use it.
fn spec(field: &Extracted<'_>, model: &Model) -> TokenStream {
    let runtime = &model.args.runtime;
    let [spec, shape, probe] = ["ParameterSpec", "Shape", "Probe"].map(|it| runtime.private(it));
    let usable = field.dependency.usable(&model.args.layer, runtime);
    let (name, shown, ty) = (&field.dependency.name, names::shown_type(field.ty), &field.dependency.ty);
    let cfgs = &field.dependency.cfgs;
    let injected = names::shown_type(ty);
    if field.is_injected {
        quote!(#(#cfgs)* #spec::new(#name, #shown, #shape::Injected(#usable.named(#injected))))
    } else {
        quote!(#(#cfgs)* #spec::new(#name, #shown, #probe::<#ty>::SHAPE).used(#usable))
    }
}

/// The value of a field, in a function that returns a `Result`.
fn value(field: &Field, model: &Model) -> TokenStream {
    let runtime = &model.args.runtime;
    let Origin::Dependency(dependency) = &field.origin else {
        return field.origin.value(&field.ty, runtime);
    };
    let parameter = Parameter::new(dependency.name.clone(), field.ty.clone());
    if parameter.component().is_some() {
        let value = dependency.value(runtime);
        let wrapper = parameter.wrapper();
        return quote!(#wrapper(#value));
    }
    if dependency.qualifier().is_some() {
        return rejected(runtime);
    }
    let parts = names::parts();
    parameter.value(&quote!(#parts), runtime)
}
