//! Code generators of the macros of `inject`, as functions over [`proc_macro2`] tokens.
//!
//! The proc-macro crate, the tests and `cargo-inject` call the same functions, so a tool shows exactly the code that rustc compiles. Each
//! function takes the arguments of the attribute and the item under it. It always returns the item without the attributes of this crate,
//! followed by the expansion, by `compile_error!`s, or by both. The function of a derive macro takes the item and does not return it.
//!
//! There is one folder for each kind of item, with the same three stages:
//!
//! ```text
//! TokenStream --ast--> Ast --validate--> Model --expand--> TokenStream
//! ```
//!
//! * `ast` reads the syntax and checks no rules, so an `Ast` can represent mistakes.
//! * `validate` checks every rule, and reports every violation.
//! * `expand` cannot fail, because a model is valid.
//!
//! `errors` collects the errors, `paths` has the path of the runtime, and `names` the generated identifiers.

mod around;
mod attributes;
mod component;
mod constructor;
mod container;
mod dependency;
mod description;
mod endpoint;
mod error_list;
mod errors;
mod generics;
mod implementations;
mod in_layer;
mod layer;
mod names;
mod output;
mod parameter;
mod paths;
mod port;
mod problem;
mod provider;
mod role;
mod routes;
mod spans;
mod state;
mod stereotype;
mod transaction;
mod types;

use proc_macro2::TokenStream;
use syn::Item;

use crate::{errors::Errors, stereotype::Stereotype};

/// `#[service]`, on a struct, an impl block with a constructor, or a trait.
#[must_use]
pub fn service(args: TokenStream, item: TokenStream) -> TokenStream {
    stereotyped(&Stereotype::SERVICE, args, item)
}

/// `#[repository]`, on a struct, an impl block with a constructor, or a trait.
#[must_use]
pub fn repository(args: TokenStream, item: TokenStream) -> TokenStream {
    stereotyped(&Stereotype::REPOSITORY, args, item)
}

/// `#[infrastructure]`, on a struct, an impl block with a constructor, or a trait.
#[must_use]
pub fn infrastructure(args: TokenStream, item: TokenStream) -> TokenStream {
    stereotyped(&Stereotype::INFRASTRUCTURE, args, item)
}

/// `#[common]`, on a struct, an impl block with a constructor, or a trait.
#[must_use]
pub fn common(args: TokenStream, item: TokenStream) -> TokenStream {
    stereotyped(&Stereotype::COMMON, args, item)
}

/// `#[component(layer = ..)]`, on a struct, an impl block with a constructor, or a trait.
#[must_use]
pub fn component(args: TokenStream, item: TokenStream) -> TokenStream {
    stereotyped(&Stereotype::COMPONENT, args, item)
}

/// `#[inject]` on a function: a provider.
#[must_use]
pub fn inject(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match syn::parse2(item.clone()) {
        Ok(Item::Fn(item)) => provider::expand(args, item, errors),
        Ok(_) => {
            errors.at_call_site(
                "`#[inject]` goes on a function, or on a constructor in an impl block under `#[service]` or another stereotype [inject/constructor]",
            );
            errors.append_to(item)
        }
        Err(error) => {
            errors.push(error);
            errors.append_to(attributes::strip(item))
        }
    }
}

macro_rules! endpoints {
    ($($(#[$doc:meta])* $name:ident = $method:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
            endpoint::expand($method, args, item)
        }
    )*};
}

endpoints! {
    /// `#[get]`
    get = Some("GET");
    /// `#[post]`
    post = Some("POST");
    /// `#[put]`
    put = Some("PUT");
    /// `#[patch]`
    patch = Some("PATCH");
    /// `#[delete]`
    delete = Some("DELETE");
    /// `#[head]`
    head = Some("HEAD");
    /// `#[options]`
    options = Some("OPTIONS");
    /// `#[route]`, which names the method.
    route = None;
}

/// `#[around]` on a function, or on an endpoint with the names of around functions.
#[must_use]
pub fn around(args: TokenStream, item: TokenStream) -> TokenStream {
    around::expand(args, item)
}

/// `#[require]`
#[must_use]
pub fn require(args: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::require(args, item)
}

/// `#[require_role]`
#[must_use]
pub fn require_role(args: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::require_role(args, item)
}

/// `#[transaction]`, on an endpoint or a container.
#[must_use]
pub fn transaction(args: TokenStream, item: TokenStream) -> TokenStream {
    transaction::expand(args, item)
}

/// `routes!`
#[must_use]
pub fn routes(tokens: TokenStream) -> TokenStream {
    routes::expand(tokens)
}

/// `#[derive(Role)]`
#[must_use]
pub fn derive_role(item: TokenStream) -> TokenStream {
    role::expand(item)
}

pub use crate::{
    container::{container, module},
    in_layer::expand as in_layer,
    layer::expand as layer,
    names::{LOCALS, NUMBERED_LOCALS},
    problem::expand as derive_problem,
    state::expand as derive_has_container,
};

/// Expands a stereotype on a struct, an impl block or a trait, and reports it on any other item.
fn stereotyped(stereotype: &Stereotype, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = stereotype.arguments(args, &mut errors);
    let mut parsed = syn::parse2(item.clone());
    if let Ok(item) = &mut parsed {
        reject_second_stereotype(item, &mut errors);
    }
    match parsed {
        Ok(Item::Struct(item)) => component::expand(args, item, errors),
        Ok(Item::Impl(item)) => constructor::expand(args, item, errors),
        Ok(Item::Trait(item)) => port::expand(&args, item, errors),
        Ok(item @ (Item::Enum(_) | Item::Union(_))) => component::reject_enum(&args, &item, errors),
        Ok(item) => {
            errors.at_call_site(format_args!(
                "`{}` goes on a struct, an impl block with a constructor, or a trait [inject/shape]",
                args.attribute,
            ));
            errors.append_to(item)
        }
        Err(error) => {
            errors.push(error);
            errors.append_to(attributes::strip(item))
        }
    }
}

/// Reports a second stereotype on the same item and takes it off, because a type has one layer.
fn reject_second_stereotype(item: &mut Item, errors: &mut Errors) {
    let attributes = match item {
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        _ => return,
    };
    for stereotype in ["service", "repository", "infrastructure", "common", "component"] {
        for second in attributes::take(attributes, stereotype) {
            errors.at(&second, "a type has one layer: keep one of these attributes [inject/shape]");
        }
    }
}
