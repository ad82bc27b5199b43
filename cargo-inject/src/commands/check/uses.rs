//! Uses of a module: the targets of its imports, and of the paths in its code.

use std::{collections::HashMap, ops::Range};

use super::facts::Facts;
use crate::source::names::{CrateId, Imported, ModuleId, PackageNames, Path, PathSite, Resolution, Start};

/// Use of something by a module.
#[derive(Debug)]
pub(crate) struct Use {
    /// Path by which it is declared.
    pub(crate) path: Path,
    /// Paths by which re-exports on the way know it.
    pub(crate) aliases: Vec<Path>,
    /// Bytes in the file of the module.
    pub(crate) range: Range<usize>,
    /// Number of the use that imports its first name, among the uses of the module.
    pub(crate) via: Option<usize>,
    /// Whether it is a glob import.
    pub(crate) is_glob: bool,
}

impl Use {
    /// Path by which it is declared, and paths by which re-exports know it.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&self.path).chain(&self.aliases)
    }
}

/// All uses of a module, imports first.
pub(crate) fn uses(names: &PackageNames<Facts>, krate: CrateId, module: ModuleId) -> Vec<Use> {
    let own = names.module(krate, module);
    let mut uses = Vec::new();
    let mut imports = HashMap::new();
    for (scope, declared) in own.scopes.iter() {
        let site = PathSite { krate, module, scope };
        for (number, import) in declared.imports.iter().enumerate() {
            let Some(found) = names.resolve_import(site, number, import) else { continue };
            imports.insert((scope, number), uses.len());
            let is_glob = import.names == Imported::Glob;
            let Resolution { path, aliases, .. } = found;
            uses.push(Use { path, aliases, range: import.range.clone(), via: None, is_glob });
        }
    }
    for mention in &own.facts.mentions {
        let site = PathSite { krate, module, scope: mention.scope };
        let Some(Resolution { path, aliases, via }) =
            names.resolve(site, &mention.path, mention.among_tokens)
        else {
            continue;
        };
        let via = via.and_then(|via| imports.get(&via).copied());
        let by_glob = via.is_some_and(|import: usize| uses[import].is_glob);
        // A single name counts only if a glob import brings it into scope. A module is neither a type nor a value.
        let is_name = mention.path.start == Start::Name && mention.path.names.len() == 1;
        if is_name && (!by_glob || path.modules == path.names.len()) {
            continue;
        }
        // An imported name, or an item of the module itself, is not another use.
        let is_imported = !by_glob && via.is_some_and(|import| uses[import].path == path);
        let is_own = path.krate == Some(krate) && path.names[..path.modules] == own.path[..];
        if is_imported || (is_own && aliases.is_empty()) {
            continue;
        }
        uses.push(Use { path, aliases, range: mention.range.clone(), via, is_glob: false });
    }
    uses
}
