//! The macros of `inject`, and the manual of each. Use them through `inject-runtime`, which exports all of them.

use proc_macro::TokenStream;

macro_rules! attribute_macros {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
            inject_codegen::$name(args.into(), item.into()).into()
        }
    )*};
}

attribute_macros! {
    #[doc = include_str!("../docs/service.md")]
    service
    #[doc = include_str!("../docs/repository.md")]
    repository
    #[doc = include_str!("../docs/infrastructure.md")]
    infrastructure
    #[doc = include_str!("../docs/common.md")]
    common
    #[doc = include_str!("../docs/in_layer.md")]
    in_layer
    #[doc = include_str!("../docs/component.md")]
    component
    #[doc = include_str!("../docs/container.md")]
    container
    #[doc = include_str!("../docs/module.md")]
    module
    #[doc = include_str!("../docs/layer.md")]
    layer
    #[doc = include_str!("../docs/inject.md")]
    inject
    #[doc = include_str!("../docs/endpoint.md")]
    get
    #[doc = include_str!("../docs/endpoint.md")]
    post
    #[doc = include_str!("../docs/endpoint.md")]
    put
    #[doc = include_str!("../docs/endpoint.md")]
    patch
    #[doc = include_str!("../docs/endpoint.md")]
    delete
    #[doc = include_str!("../docs/endpoint.md")]
    head
    #[doc = include_str!("../docs/endpoint.md")]
    options
    #[doc = include_str!("../docs/route.md")]
    route
    #[doc = include_str!("../docs/around.md")]
    around
    #[doc = include_str!("../docs/require.md")]
    require
    #[doc = include_str!("../docs/require_role.md")]
    require_role
    #[doc = include_str!("../docs/transaction.md")]
    transaction
}

#[doc = include_str!("../docs/routes.md")]
#[proc_macro]
pub fn routes(tokens: TokenStream) -> TokenStream {
    inject_codegen::routes(tokens.into()).into()
}

#[doc = include_str!("../docs/role.md")]
#[proc_macro_derive(Role, attributes(role))]
pub fn derive_role(item: TokenStream) -> TokenStream {
    inject_codegen::derive_role(item.into()).into()
}

#[doc = include_str!("../docs/problem.md")]
#[proc_macro_derive(Problem, attributes(problem))]
pub fn derive_problem(item: TokenStream) -> TokenStream {
    inject_codegen::derive_problem(item.into()).into()
}

#[doc = include_str!("../docs/has_container.md")]
#[proc_macro_derive(HasContainer, attributes(container))]
pub fn derive_has_container(item: TokenStream) -> TokenStream {
    inject_codegen::derive_has_container(item.into()).into()
}
