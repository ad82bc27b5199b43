//! The attribute macros of `inject`.

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
    /// service
    service
    /// repository
    repository
    /// infrastructure
    infrastructure
    /// shared
    shared
    /// component
    component
    /// container
    container
    /// layer
    layer
    /// inject
    inject
}
