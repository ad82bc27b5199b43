//! Places and ends of paths, and the state of a lookup.

use super::{
    package::{CrateId, ModuleId, Path},
    scopes::{MODULE, ScopeId},
};

/// Place where a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PathSite {
    pub(crate) krate: CrateId,
    pub(crate) module: ModuleId,
    pub(crate) scope: ScopeId,
}

/// Namespace in which a name is looked up. A name can stand for a module, an item and a macro at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// Before `::`: a module or a type, the module first.
    Module,
    /// At the end of a path: an item first.
    Item,
    /// Attribute, derive or macro call.
    Macro,
}

/// Result of following a path.
#[derive(Debug)]
pub(crate) struct Resolution {
    pub(crate) path: Path,
    /// The names under which re-exports on the way know it.
    pub(crate) aliases: Vec<Path>,
    /// The import that brings the first name into scope, with the scope of that import.
    pub(crate) via: Option<(ScopeId, usize)>,
}

/// End of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Module(CrateId, ModuleId),
    Item(CrateId, ModuleId, String),
    /// In another crate: the crate's own name, and the rest as it is written.
    Foreign(Vec<String>),
    /// Below a module, but not written there: a macro may declare it.
    Unknown(CrateId, ModuleId, Vec<String>),
}

/// State of a lookup.
#[derive(Default)]
pub(super) struct ResolveState {
    pub(super) aliases: Vec<Path>,
    /// The path is read from tokens, and may not be one: an unknown first name is not taken for a crate.
    pub(super) among_tokens: bool,
    /// Name in the manifest of the crate in which the path ends.
    pub(super) renamed: Option<String>,
    /// The imports that are being followed: an import does not lead to itself.
    pub(super) following: Vec<(CrateId, ModuleId, ScopeId, usize)>,
}

impl PathSite {
    /// Place directly in a module.
    pub(crate) fn in_module(krate: CrateId, module: ModuleId) -> Self {
        Self { krate, module, scope: MODULE }
    }
}

impl ResolveState {
    pub(super) fn following(site: PathSite, number: usize) -> Self {
        let PathSite { krate, module, scope } = site;
        Self { following: vec![(krate, module, scope, number)], ..Self::default() }
    }
}
