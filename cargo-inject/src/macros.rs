//! Macros of the runtime, and the functions of `inject-codegen` behind them.

use inject_codegen as codegen;
use proc_macro2::TokenStream;

use crate::source::names::{Namespace, PackageNames, PathSite, PathSyntax, Target};

/// Packages whose macros these are, as they are named in manifests.
pub(crate) const PACKAGES: [&str; 2] = ["inject-runtime", "inject-macros"];

/// Macro that the runtime exports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Macro {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// Kind of a macro, with its code.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// `#[service]`, with the arguments and the item as input.
    Attribute(fn(TokenStream, TokenStream) -> TokenStream),
    /// `#[derive(Role)]`, which reads the attributes called `helper`.
    Derive { helper: &'static str, expand: fn(TokenStream) -> TokenStream },
    /// `routes![..]`
    Call(fn(TokenStream) -> TokenStream),
}

const MACROS: [Macro; 25] = [
    attribute("service", codegen::service),
    attribute("repository", codegen::repository),
    attribute("infrastructure", codegen::infrastructure),
    attribute("common", codegen::common),
    attribute("in_layer", codegen::in_layer),
    attribute("component", codegen::component),
    attribute("container", codegen::container),
    attribute("module", codegen::module),
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
    attribute("around", codegen::around),
    attribute("require", codegen::require),
    attribute("require_role", codegen::require_role),
    attribute("transaction", codegen::transaction),
    Macro { name: "Role", kind: Kind::Derive { helper: "role", expand: codegen::derive_role } },
    Macro { name: "Problem", kind: Kind::Derive { helper: "problem", expand: codegen::derive_problem } },
    Macro { name: "routes", kind: Kind::Call(codegen::routes) },
];

const fn attribute(name: &'static str, expand: fn(TokenStream, TokenStream) -> TokenStream) -> Macro {
    Macro { name, kind: Kind::Attribute(expand) }
}

impl Macro {
    /// Macro that a path names, as far as the sources show it. A macro that another crate re-exports is not known.
    pub(crate) fn named<F>(names: &PackageNames<F>, site: PathSite, path: &PathSyntax) -> Option<Self> {
        match names.target(site, path, Namespace::Macro)? {
            Target::Foreign(found) => match &found[..] {
                [krate, name] if is_runtime(krate) => {
                    MACROS.iter().find(|candidate| candidate.name == name).copied()
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Names of all macros.
pub(crate) fn names() -> Vec<&'static str> {
    MACROS.iter().map(|candidate| candidate.name).collect()
}

/// Whether a crate, by its own name, exports the macros.
pub(crate) fn is_runtime(krate: &str) -> bool {
    PACKAGES.iter().any(|package| package.replace('-', "_") == krate)
}
