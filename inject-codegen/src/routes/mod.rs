//! `routes![..]`: endpoints, put together.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Path, Token,
    parse::{Parse, ParseStream, Parser as _},
    punctuated::Punctuated,
};

use crate::{errors::Errors, paths::Runtime, spans::across};

/// One endpoint, by its path, perhaps under `#[cfg]`.
struct Entry {
    attributes: Vec<Attribute>,
    endpoint: Path,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_outer)?,
            endpoint: input.call(Path::parse_mod_style)?,
        })
    }
}

/// The arguments: endpoints, after `crate = path;` where the runtime is known by another name.
fn arguments(input: ParseStream<'_>) -> syn::Result<(Runtime, Punctuated<Entry, Token![,]>)> {
    let mut runtime = Runtime::default();
    if input.peek(Token![crate]) && input.peek2(Token![=]) {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        runtime = Runtime::from(input.call(Path::parse_mod_style)?);
        input.parse::<Token![;]>()?;
    }
    Ok((runtime, Punctuated::parse_terminated(input)?))
}

// Input:
//     routes![get_user, users::create]
//
// Output:
//     {
//         const _: () = match overlap(&[get_user::SPEC], users::create::SPEC) { None => {}, Some(message) => panic!(..) };
//         assembled(Routes::new(), |routes| {
//             routes.add::<get_user, _>();
//             routes.add::<users::create, _>();
//         })
//     }
//
// A closure after `Routes::new()`: from what is expected of the whole, rustc then knows the container before it looks at an endpoint, and
// messages name it.
/// Expands `routes!`.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let (runtime, entries) = match arguments.parse2(tokens) {
        Ok(parsed) => parsed,
        Err(error) => {
            let mut errors = Errors::default();
            let text =
                "expected the names of endpoints, as in `routes![get_user, users::create]` [inject/endpoint]";
            errors.push(syn::Error::new(error.span(), text));
            let (runtime, errors) = (Runtime::default(), errors.beside(TokenStream::new()));
            return quote!({ #errors #runtime::Routes::new() });
        }
    };
    let [described, assembled, overlap] = ["Described", "assembled", "overlap"].map(|it| runtime.private(it));
    let mut specs = Vec::new();
    let mut checks = Vec::new();
    let mut added = Vec::new();
    for Entry { attributes, endpoint } in &entries {
        let spec = quote!(<#endpoint as #described>::SPEC);
        if !specs.is_empty() {
            let panic = across(endpoint, quote!(::core::panic!("{}", message.as_str())));
            checks.push(quote! {
                #(#attributes)*
                const _: () = match #overlap(&[#(#specs),*], #spec) {
                    ::core::option::Option::None => {}
                    ::core::option::Option::Some(message) => #panic,
                };
            });
        }
        specs.push(quote!(#(#attributes)* #spec));
        added.push(quote!(#(#attributes)* routes.add::<#endpoint, _>();));
    }
    quote! {{
        #(#checks)*
        #assembled(#runtime::Routes::new(), |routes| {
            #[allow(unused_variables)] // where there is none
            let routes = routes;
            #(#added)*
        })
    }}
}
