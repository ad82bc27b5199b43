//! Name resolution, as far as it can be done without types and without expanding macros.
//!
//! ```text
//! Module --scopes--> Scope, Import, Declared --package--> PackageNames --lookup, members--> Target, Resolution
//! ```
//!
//! The one reader of `use` trees and module scopes: `expand` asks which macro an attribute names, `graph` and `routes` ask what is public
//! under which path, `check` asks what each path leads to.
//!
//! Imports, renamed or not, globs, re-exports, `extern crate` and the scopes of function bodies are followed. What other crates contain is
//! not known, except for the macros of [`Dependencies`].

mod lookup;
mod members;
mod package;
mod scopes;
mod syntax;
mod target;

pub(crate) use self::{
    package::{CrateId, CrateSource, Dependencies, ModuleId, PackageNames, Path},
    scopes::{Declared, Kind, MODULE, Scope, ScopeId, Scopes},
    syntax::{Import, Imported, PathSyntax, Start, Visibility, imports},
    target::{Namespace, PathSite, Resolution, Target},
};

#[cfg(test)]
mod tests;
