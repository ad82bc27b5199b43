//! What a module uses: what its imports import, and what the paths in its code lead to.

use std::{collections::HashMap, ops::Range};

use super::{
    lookup::{Found, Site},
    world::{CrateId, ModuleId, Path, World},
};
use crate::commands::check::facts::{Imported, Start};

/// Something that a module uses.
#[derive(Debug)]
pub(crate) struct Use {
    /// Where it is, whatever it is called on the way.
    pub(crate) path: Path,
    /// What it is called by the re-exports on the way.
    pub(crate) aliases: Vec<Path>,
    /// In the file of the module.
    pub(crate) range: Range<usize>,
    /// The number of the use, among those of the module, that is the import of its first name.
    pub(crate) via: Option<usize>,
    /// All that is public in a module.
    pub(crate) is_glob: bool,
}

impl Use {
    /// Where it is, and what it is called on the way.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&self.path).chain(&self.aliases)
    }
}

/// All that a module uses, imports first.
pub(crate) fn uses(world: &World, krate: CrateId, module: ModuleId) -> Vec<Use> {
    let facts = &world.module(krate, module).facts;
    let mut uses = Vec::new();
    let mut imports = HashMap::new();
    for (scope, names) in facts.scopes.iter().enumerate() {
        let site = Site { krate, module, scope };
        for (number, import) in names.imports.iter().enumerate() {
            let Some(found) = world.resolve_import(site, number, import) else { continue };
            imports.insert((scope, number), uses.len());
            let is_glob = import.names == Imported::Glob;
            let Found { path, aliases, .. } = found;
            uses.push(Use { path, aliases, range: import.range.clone(), via: None, is_glob });
        }
    }
    for mention in &facts.mentions {
        let site = Site { krate, module, scope: mention.scope };
        let Some(Found { path, aliases, via }) = world.resolve(site, &mention.path, mention.among_tokens)
        else {
            continue;
        };
        let via = via.and_then(|via| imports.get(&via).copied());
        let by_glob = via.is_some_and(|import: usize| uses[import].is_glob);
        // Of single names, only those count that a glob import brings; modules are no types and no values.
        let is_name = mention.path.start == Start::Name && mention.path.names.len() == 1;
        if is_name && (!by_glob || path.modules == path.names.len()) {
            continue;
        }
        // What an import has named, and what is in the module itself, is nothing new.
        let is_imported = !by_glob && via.is_some_and(|import| uses[import].path == path);
        let is_own =
            path.krate == Some(krate) && path.names[..path.modules] == world.module(krate, module).path[..];
        if is_imported || (is_own && aliases.is_empty()) {
            continue;
        }
        uses.push(Use { path, aliases, range: mention.range.clone(), via, is_glob: false });
    }
    uses
}
