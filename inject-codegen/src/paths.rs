//! The paths of the runtime crate, spelled in one place.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// The runtime crate: `::inject_runtime`, or what `crate = path` says.
#[derive(Clone)]
pub(crate) struct Runtime(TokenStream);

impl Default for Runtime {
    fn default() -> Self {
        Self(quote!(::inject_runtime))
    }
}

impl From<Path> for Runtime {
    fn from(path: Path) -> Self {
        Self(path.into_token_stream())
    }
}

impl Runtime {
    /// An item of the module that only expansions use.
    pub(crate) fn private(&self, item: &str) -> TokenStream {
        let (runtime, item) = (&self.0, syn::Ident::new(item, proc_macro2::Span::call_site()));
        quote!(#runtime::__private::#item)
    }
}

/// An item at the root of the runtime crate.
impl ToTokens for Runtime {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
