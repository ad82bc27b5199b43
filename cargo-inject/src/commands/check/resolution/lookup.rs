//! Name resolution, as far as it can be done without types and without expanding macros.

use super::{
    members::ordered,
    world::{Binding, CrateId, ModuleId, Path, World},
};
use crate::commands::check::facts::{Import, Imported, MODULE, Scope, ScopeId, Start, Written};

/// Where a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) krate: CrateId,
    pub(super) module: ModuleId,
    pub(super) scope: ScopeId,
}

/// What a path leads to.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: Path,
    /// The names that it has by the re-exports on the way.
    pub(super) aliases: Vec<Path>,
    /// The import that brings its first name into scope, with the scope of that import.
    pub(super) via: Option<(ScopeId, usize)>,
}

/// Types that paths begin with, and that nobody imports.
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// How far one has come along a path.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Module(CrateId, ModuleId),
    Item(CrateId, ModuleId, String),
    /// In another crate.
    Foreign(Vec<String>),
    /// Below a module, but nothing that is written there: a macro may have declared it.
    Unknown(CrateId, ModuleId, Vec<String>),
}

/// What happens on the way.
#[derive(Default)]
pub(super) struct Way {
    pub(super) aliases: Vec<Path>,
    pub(super) with_care: bool,
    /// What the manifest calls the crate that it ends in.
    pub(super) renamed: Option<String>,
    /// The imports that are being followed: one does not lead to itself.
    pub(super) following: Vec<(CrateId, ModuleId, ScopeId, usize)>,
}

impl World {
    /// What a path means where it is written; `None` if it is not known, as with what the prelude, generics and macros bring.
    /// `with_care`: it may be something else than a path, so a name that is not known is not taken for that of a crate.
    pub(super) fn resolve(&self, site: Site, written: &Written, with_care: bool) -> Option<Found> {
        let mut way = Way { with_care, ..Way::default() };
        let mut via = None;
        let target = self.follow(site, written, &mut way, &mut via)?;
        Some(self.found(target, way, via))
    }

    /// What an import in a scope leads to. It is not found by its own name.
    pub(super) fn resolve_import(&self, site: Site, number: usize, import: &Import) -> Option<Found> {
        let mut way =
            Way { following: vec![(site.krate, site.module, site.scope, number)], ..Way::default() };
        let target = self.follow(site, &import.path, &mut way, &mut None)?;
        Some(self.found(target, way, None))
    }

    fn found(&self, target: Target, mut way: Way, via: Option<(ScopeId, usize)>) -> Found {
        let path = self.path(target);
        if let (Some(name), None) = (way.renamed, path.krate) {
            let mut renamed = path.clone();
            renamed.names[0] = name;
            way.aliases.push(renamed);
        }
        Found { path, aliases: way.aliases, via }
    }

    pub(super) fn follow(
        &self,
        site: Site,
        written: &Written,
        way: &mut Way,
        via: &mut Option<(ScopeId, usize)>,
    ) -> Option<Target> {
        let names = &written.names[..];
        let (mut target, rest) = match written.start {
            Start::Crate => (Target::Module(site.krate, 0), names),
            Start::Up(count) => {
                let mut module = site.module;
                for _ in 0..count {
                    module = self.module(site.krate, module).parent?;
                }
                (Target::Module(site.krate, module), names)
            }
            Start::Global => {
                let (first, rest) = names.split_first()?;
                (self.crate_called(first, way).unwrap_or_else(|| Target::Foreign(vec![first.clone()])), rest)
            }
            Start::Name => {
                let (first, rest) = names.split_first()?;
                let target = self.in_scope(site, first, rest.is_empty(), way, via);
                (target.or_else(|| self.unlisted_crate(site, first, way))?, rest)
            }
        };
        for (index, name) in rest.iter().enumerate() {
            let is_last = index + 1 == rest.len();
            target = match target {
                Target::Module(krate, module) => self
                    .in_module((krate, module), name, is_last, site, way)
                    .unwrap_or_else(|| Target::Unknown(krate, module, vec![name.clone()])),
                // Something that belongs to the item.
                Target::Item(..) => break,
                Target::Foreign(mut names) => {
                    names.push(name.clone());
                    Target::Foreign(names)
                }
                Target::Unknown(krate, module, mut names) => {
                    names.push(name.clone());
                    Target::Unknown(krate, module, names)
                }
            };
        }
        Some(target)
    }

    /// What a name is where it stands: of a block, of the module, of a glob import, or a crate.
    fn in_scope(
        &self,
        site: Site,
        name: &str,
        is_last: bool,
        way: &mut Way,
        via: &mut Option<(ScopeId, usize)>,
    ) -> Option<Target> {
        let module = self.module(site.krate, site.module);
        let mut scope = site.scope;
        while scope != MODULE {
            let Scope { parent, items, imports } = &module.facts.scopes[scope];
            // An item in the body of a function is nobody else's.
            if items.iter().any(|item| item.name == name) {
                return None;
            }
            let here = Site { scope, ..site };
            let named = |import: &Import| matches!(&import.names, Imported::As(import) if import == name);
            for (number, import) in imports.iter().enumerate().filter(|(_, import)| named(import)) {
                if let Some(target) = self.imported(here, number, import, way) {
                    *via = Some((scope, number));
                    return Some(target);
                }
            }
            for (number, import) in
                imports.iter().enumerate().filter(|(_, import)| import.names == Imported::Glob)
            {
                if let Some(target) = self.globbed(here, number, import, name, is_last, way) {
                    *via = Some((scope, number));
                    return Some(target);
                }
            }
            scope = parent.unwrap_or(MODULE);
        }
        let here = Site { scope: MODULE, ..site };
        for binding in ordered(module.names.get(name), is_last) {
            if let Some(target) = self.bound((site.krate, site.module), name, binding, way) {
                if let Binding::Import(number) = binding {
                    *via = Some((MODULE, *number));
                }
                return Some(target);
            }
        }
        for &number in &module.globs {
            let import = &module.facts.scopes[MODULE].imports[number];
            if let Some(target) = self.globbed(here, number, import, name, is_last, way) {
                *via = Some((MODULE, number));
                return Some(target);
            }
        }
        self.crate_called(name, way)
    }

    /// A crate that is called otherwise than its package, as `md5` of `md-5`: a name that cannot be anything else.
    fn unlisted_crate(&self, site: Site, name: &str, way: &Way) -> Option<Target> {
        if way.with_care {
            return None;
        }
        let scopes = &self.module(site.krate, site.module).facts.scopes;
        let mut around = std::iter::successors(Some(site.scope), |&scope| scopes[scope].parent);
        let is_certain = around.all(|scope| {
            let Scope { items, imports, .. } = &scopes[scope];
            items.iter().all(|item| item.name != name)
                && imports.iter().all(|import| import.names != Imported::Glob)
        });
        let is_crate = name.starts_with(|first: char| first.is_lowercase()) && !PRIMITIVES.contains(&name);
        (is_certain && is_crate).then(|| Target::Foreign(vec![name.to_owned()]))
    }

    /// The library of the package, or another crate, whatever the manifest calls it.
    pub(super) fn crate_called(&self, name: &str, way: &mut Way) -> Option<Target> {
        if let Some(library) = self.library(name) {
            return Some(Target::Module(library, 0));
        }
        let own = self.others.get(name)?;
        way.renamed = (own != name).then(|| name.to_owned());
        Some(Target::Foreign(vec![own.clone()]))
    }

    fn path(&self, target: Target) -> Path {
        match target {
            Target::Module(krate, id) => {
                let names = self.module(krate, id).path.clone();
                Path { krate: Some(krate), modules: names.len(), names }
            }
            Target::Item(krate, id, name) => self.below(krate, id, [name]),
            Target::Unknown(krate, id, names) => self.below(krate, id, names),
            Target::Foreign(names) => Path { krate: None, modules: 1, names },
        }
    }

    fn below(&self, krate: CrateId, id: ModuleId, rest: impl IntoIterator<Item = String>) -> Path {
        let mut names = self.module(krate, id).path.clone();
        let modules = names.len();
        names.extend(rest);
        Path { krate: Some(krate), names, modules }
    }
}
