//! `routes![..]`: a list of endpoints.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Path, Token,
    parse::{Parse, ParseStream, Parser as _},
    punctuated::Punctuated,
};

use crate::{
    errors::Errors,
    names,
    paths::Runtime,
    spans::{respan, respan_call},
};

/// Path of an endpoint, with its `#[cfg]`s.
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

/// Parses the endpoints, after an optional `crate = path;`.
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
//         const _: () = reject_overlap(&overlap([get_user::SPEC, users::create::SPEC]), ..);
//         build_routes(Routes::new(), |routes| {
//             let proof = proof_of(routes);
//             AllEndpoints::<_, _>::add(routes, (proof, (PhantomData::<get_user>, PhantomData::<users::create>)))
//         })
//     }
//
// One tuple is one obligation: rustc reports what several endpoints lack once, at the first of them. With the proof in the tuple, it reports
// nothing if it reports the container.
//
// A closure after `Routes::new()`: rustc then infers the container from the expected type before it checks an endpoint, and messages name
// the container.
/// Expands `routes!`.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let (runtime, entries) = match arguments.parse2(tokens) {
        Ok(parsed) => parsed,
        Err(error) => {
            let mut errors = Errors::default();
            let text =
                "expected the names of endpoints, as in `routes![get_user, users::create]` [inject/endpoint]";
            errors.push(syn::Error::new(error.span(), text));
            let (runtime, errors) = (Runtime::default(), errors.append_to(TokenStream::new()));
            let private = runtime.private();
            return quote!({ #errors #private::Routes::new() });
        }
    };
    let specs = entries.iter().map(
        |Entry { attributes, endpoint }| quote!(#(#attributes)* <#endpoint as __rt::EndpointMeta>::SPEC),
    );
    let checks = entries.iter().map(|Entry { attributes, endpoint }| {
        let check = respan_call(endpoint, &quote!(__rt::reject_overlap), &quote!(&overlap, place));
        quote! {
            #(#attributes)*
            {
                #check;
                place += 1;
            }
        }
    });
    let entries: Vec<_> = entries.iter().collect();
    let list = |entries: &[&Entry]| {
        let endpoints = entries.iter().map(|Entry { attributes, endpoint }| {
            let value = respan(endpoint, quote!(::core::marker::PhantomData::<#endpoint>));
            quote!(#(#attributes)* #value,)
        });
        quote!((#(#endpoints)*))
    };
    // One obligation, or one for each list of lists.
    let groups = entries.chunks(names::LONGEST_LIST * names::LONGEST_LIST).map(|entries| {
        if entries.len() > names::LONGEST_LIST {
            let lists = entries.chunks(names::LONGEST_LIST).map(list);
            quote!((proof, (#(#lists,)*), ()))
        } else {
            let list = list(entries);
            quote!((proof, #list))
        }
    });
    let groups: Vec<_> = groups.collect();
    let groups = if groups.is_empty() { vec![quote!((proof, ()))] } else { groups };
    // One endpoint cannot overlap.
    let check = (entries.len() > 1).then(|| {
        quote! {
            const _: () = {
                let overlap = __rt::overlap([#(#specs),*]);
                let mut place = 0;
                #(#checks)*
                _ = place;
            };
        }
    });
    let private = runtime.private();
    quote! {{
        use #private as __rt;
        #check
        __rt::build_routes(#private::Routes::new(), |routes| {
            let proof = __rt::proof_of(routes);
            #(__rt::AllEndpoints::<_, _>::add(routes, #groups);)*
        })
    }}
}
