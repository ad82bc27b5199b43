//! The macros of ours, and the function of `inject-codegen` that each is.

use inject_codegen as codegen;
use proc_macro2::TokenStream;

/// A macro that the runtime exports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Macro {
    pub(crate) name: &'static str,
    pub(super) kind: Kind,
}

/// How it is used, and what it does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// `#[service]`: takes the arguments and the item.
    Attribute(fn(TokenStream, TokenStream) -> TokenStream),
    /// `#[derive(Role)]`, which reads the attributes called `helper`.
    Derive { helper: &'static str, expand: fn(TokenStream) -> TokenStream },
    /// `routes![..]`
    Call(fn(TokenStream) -> TokenStream),
}

const MACROS: [Macro; 21] = [
    attribute("service", codegen::service),
    attribute("repository", codegen::repository),
    attribute("infrastructure", codegen::infrastructure),
    attribute("common", codegen::common),
    attribute("in_layer", codegen::in_layer),
    attribute("component", codegen::component),
    attribute("container", codegen::container),
    attribute("layer", codegen::layer),
    attribute("inject", codegen::inject),
    attribute("get", codegen::get),
    attribute("post", codegen::post),
    attribute("put", codegen::put),
    attribute("patch", codegen::patch),
    attribute("delete", codegen::delete),
    attribute("head", codegen::head),
    attribute("options", codegen::options),
    attribute("route", codegen::route),
    attribute("require_role", codegen::require_role),
    Macro { name: "Role", kind: Kind::Derive { helper: "role", expand: codegen::derive_role } },
    Macro { name: "Problem", kind: Kind::Derive { helper: "problem", expand: codegen::derive_problem } },
    Macro { name: "routes", kind: Kind::Call(codegen::routes) },
];

const fn attribute(name: &'static str, expand: fn(TokenStream, TokenStream) -> TokenStream) -> Macro {
    Macro { name, kind: Kind::Attribute(expand) }
}

impl Macro {
    /// The macro that the runtime exports as `name`.
    pub(super) fn called(name: &str) -> Option<Self> {
        MACROS.iter().find(|it| it.name == name).copied()
    }
}
