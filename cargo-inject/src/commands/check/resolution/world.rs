//! All modules of a package: those of its library and of its binaries.

use std::collections::HashMap;

use super::lookup::Site;
use crate::commands::check::facts::{Facts, Imported, Kind, MODULE, Written};

/// The number of a crate in [`World::crates`].
pub(crate) type CrateId = usize;

/// The number of a module in [`Krate::modules`].
pub(crate) type ModuleId = usize;

/// What is known of a package.
pub(crate) struct World {
    pub(crate) crates: Vec<Krate>,
    /// The crates that it depends on: the names by which the code knows them, and their own.
    pub(super) others: HashMap<String, String>,
}

/// A library or a binary.
pub(crate) struct Krate {
    pub(crate) name: String,
    pub(crate) is_library: bool,
    pub(crate) modules: Vec<Module>,
}

/// A module.
pub(crate) struct Module {
    pub(crate) facts: Facts,
    /// `crate`, and its names.
    pub(crate) path: Vec<String>,
    pub(super) parent: Option<ModuleId>,
    pub(super) names: HashMap<String, Vec<Binding>>,
    /// The numbers of its glob imports.
    pub(super) globs: Vec<usize>,
}

/// What a name in a module stands for.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    Module(ModuleId),
    Item,
    /// The number of an import of the module.
    Import(usize),
    Crate(String),
    /// A macro of that module, which is in the root of the crate as well.
    ExportedMacro(ModuleId),
}

/// The path of something: `crate` and its names, or the name of another crate and whatever is written after it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    /// The crate of the package that it is in, if it is in one.
    pub(crate) krate: Option<CrateId>,
    pub(crate) names: Vec<String>,
    /// How many of the names are those of modules.
    pub(crate) modules: usize,
}

impl World {
    /// Puts together what was read. The library comes first.
    pub(crate) fn new(
        crates: impl IntoIterator<Item = (String, bool, Vec<Facts>)>,
        others: HashMap<String, String>,
    ) -> Self {
        let crates = crates.into_iter().map(|(name, is_library, facts)| Krate::new(name, is_library, facts));
        Self { crates: crates.collect(), others }
    }

    pub(crate) fn module(&self, krate: CrateId, module: ModuleId) -> &Module {
        &self.crates[krate].modules[module]
    }

    /// The module around a module.
    pub(crate) fn parent(&self, krate: CrateId, module: ModuleId) -> Option<&Module> {
        self.module(krate, module).parent.map(|parent| self.module(krate, parent))
    }

    /// What a path leads to that is written in a module.
    pub(crate) fn path_of(&self, krate: CrateId, module: ModuleId, written: &Written) -> Option<Path> {
        self.resolve(Site { krate, module, scope: MODULE }, written, false).map(|resolution| resolution.path)
    }

    /// All modules.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (CrateId, ModuleId, &Module)> {
        self.crates.iter().enumerate().flat_map(|(id, krate)| {
            krate.modules.iter().enumerate().map(move |(module_id, module)| (id, module_id, module))
        })
    }

    /// The library, under the name by which the binaries know it.
    pub(super) fn library(&self, name: &str) -> Option<CrateId> {
        self.crates.iter().position(|krate| krate.is_library && krate.name.replace('-', "_") == name)
    }

    /// The name of a module, in messages and in the baseline.
    pub(crate) fn module_name(&self, krate: CrateId, module: ModuleId) -> String {
        let path = self.module(krate, module).path.join("::");
        match &self.crates[krate] {
            Krate { is_library: true, .. } => path,
            binary => format!("{path} (bin {})", binary.name),
        }
    }

    /// A path as one would write it in a crate.
    pub(crate) fn path_name(&self, from: CrateId, path: &Path) -> String {
        match path.krate {
            Some(krate) if krate != from => {
                let mut names = path.names.clone();
                names[0] = self.crates[krate].name.replace('-', "_");
                names.join("::")
            }
            _ => path.names.join("::"),
        }
    }
}

impl Krate {
    fn new(name: String, is_library: bool, facts: Vec<Facts>) -> Self {
        let mut modules: Vec<_> = facts.into_iter().map(Module::new).collect();
        // A path may be there twice, as in `#[cfg(a)] mod x; #[cfg(b)] mod x;`: the first counts.
        let mut by_path = HashMap::new();
        for (id, module) in modules.iter().enumerate() {
            by_path.entry(module.path.clone()).or_insert(id);
        }
        let mut exported = Vec::new();
        for (id, module) in modules.iter_mut().enumerate() {
            module.parent = module.path.split_last().and_then(|(_, path)| by_path.get(path).copied());
            for item in &module.facts.scopes[MODULE].items {
                let binding = match &item.kind {
                    Kind::Module => {
                        let mut path = module.path.clone();
                        path.push(item.name.clone());
                        match by_path.get(&path) {
                            Some(&child) => Binding::Module(child),
                            None => continue,
                        }
                    }
                    Kind::Item => Binding::Item,
                    Kind::ExportedMacro => {
                        exported.push((item.name.clone(), id));
                        Binding::Item
                    }
                    Kind::Crate(name) => Binding::Crate(name.clone()),
                };
                module.names.entry(item.name.clone()).or_default().push(binding);
            }
        }
        if let Some(root) = modules.first_mut() {
            for (name, id) in exported.into_iter().filter(|(_, id)| *id != 0) {
                root.names.entry(name).or_default().push(Binding::ExportedMacro(id));
            }
        }
        Self { name, is_library, modules }
    }
}

impl Module {
    fn new(facts: Facts) -> Self {
        let mut names: HashMap<_, Vec<_>> = HashMap::new();
        let mut globs = Vec::new();
        for (number, import) in facts.scopes[MODULE].imports.iter().enumerate() {
            match &import.names {
                Imported::As(name) => names.entry(name.clone()).or_default().push(Binding::Import(number)),
                Imported::Unnamed => {}
                Imported::Glob => globs.push(number),
            }
        }
        let path = std::iter::once("crate".to_owned()).chain(facts.path.0.iter().cloned()).collect();
        Self { facts, path, parent: None, names, globs }
    }

    /// The paths of what it declares, and of what it re-exports.
    pub(crate) fn item_paths(&self) -> impl Iterator<Item = Vec<String>> {
        self.names.keys().map(|name| {
            let mut path = self.path.clone();
            path.push(name.clone());
            path
        })
    }
}
