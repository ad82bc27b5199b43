//! Names of all modules of a package: those of its library and of its binaries.

use std::collections::HashMap;

use super::{
    scopes::{Kind, Scopes},
    syntax::Imported,
};
use crate::source::ModulePath;

/// Number of a crate in [`PackageNames::crates`].
pub(crate) type CrateId = usize;

/// Number of a module in [`Krate::modules`].
pub(crate) type ModuleId = usize;

/// Crate whose modules were read: its name, and for each module the path, the scopes, and the facts that a command has collected.
pub(crate) struct CrateSource<F> {
    pub(crate) name: String,
    pub(crate) is_library: bool,
    pub(crate) modules: Vec<(ModulePath, Scopes, F)>,
}

/// Names in the modules of a package, each module with its facts `F`.
pub(crate) struct PackageNames<F> {
    pub(crate) crates: Vec<Krate<F>>,
    pub(crate) dependencies: Dependencies,
}

/// Crates that a package depends on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dependencies {
    /// The names by which the code refers to the crates, and the crates' own names.
    pub(crate) names: HashMap<String, String>,
    /// The macros of the crates, by the crates' own names, where the macros are known.
    pub(crate) macros: HashMap<String, Vec<&'static str>>,
}

/// Library or binary.
pub(crate) struct Krate<F> {
    pub(crate) name: String,
    pub(crate) is_library: bool,
    pub(crate) modules: Vec<ModuleNames<F>>,
}

/// Names in a module.
pub(crate) struct ModuleNames<F> {
    pub(crate) facts: F,
    pub(crate) scopes: Scopes,
    /// `crate`, and the names of the modules.
    pub(crate) path: Vec<String>,
    pub(super) parent: Option<ModuleId>,
    pub(super) names: HashMap<String, Vec<Binding>>,
    /// The numbers of the glob imports.
    pub(super) globs: Vec<usize>,
}

/// Meaning of a name in a module.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    Module(ModuleId),
    Item,
    /// Macro that is written in that module.
    Macro(ModuleId),
    /// Number of an import of the module.
    Import(usize),
    Crate(String),
}

/// Path of something: `crate` and its names, or the name of another crate and the rest as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    /// Crate of the package; none for another crate.
    pub(crate) krate: Option<CrateId>,
    pub(crate) names: Vec<String>,
    /// Number of names that are those of modules.
    pub(crate) modules: usize,
}

impl<F> PackageNames<F> {
    /// Combines the crates of a package. The library comes first.
    pub(crate) fn new(crates: impl IntoIterator<Item = CrateSource<F>>, dependencies: Dependencies) -> Self {
        Self { crates: crates.into_iter().map(Krate::new).collect(), dependencies }
    }

    pub(crate) fn module(&self, krate: CrateId, module: ModuleId) -> &ModuleNames<F> {
        &self.crates[krate].modules[module]
    }

    /// Module around a module.
    pub(crate) fn parent(&self, krate: CrateId, module: ModuleId) -> Option<&ModuleNames<F>> {
        self.module(krate, module).parent.map(|parent| self.module(krate, parent))
    }

    /// All modules.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (CrateId, ModuleId, &ModuleNames<F>)> {
        self.crates.iter().enumerate().flat_map(|(id, krate)| {
            krate.modules.iter().enumerate().map(move |(module_id, module)| (id, module_id, module))
        })
    }

    /// Library, by the name under which the binaries know it.
    pub(super) fn library(&self, name: &str) -> Option<CrateId> {
        self.crates.iter().position(|krate| krate.is_library && krate.name.replace('-', "_") == name)
    }

    /// Name of a module, for messages and for the baseline.
    pub(crate) fn module_name(&self, krate: CrateId, module: ModuleId) -> String {
        let path = self.module(krate, module).path.join("::");
        match &self.crates[krate] {
            Krate { is_library: true, .. } => path,
            binary => format!("{path} (bin {})", binary.name),
        }
    }

    /// Path as it is written in the crate `from`.
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

impl<F> Krate<F> {
    fn new(source: CrateSource<F>) -> Self {
        let CrateSource { name, is_library, modules } = source;
        let mut modules: Vec<_> = modules.into_iter().map(ModuleNames::new).collect();
        // A path may be there twice, as in `#[cfg(a)] mod x; #[cfg(b)] mod x;`: the first counts.
        let mut by_path = HashMap::new();
        for (id, module) in modules.iter().enumerate() {
            by_path.entry(module.path.clone()).or_insert(id);
        }
        let mut exported = Vec::new();
        for (id, module) in modules.iter_mut().enumerate() {
            module.parent = module.path.split_last().and_then(|(_, path)| by_path.get(path).copied());
            for item in &module.scopes.module().items {
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
                    Kind::Macro { is_exported } => {
                        if *is_exported {
                            exported.push((item.name.clone(), id));
                        }
                        Binding::Macro(id)
                    }
                    Kind::Crate(name) => Binding::Crate(name.clone()),
                };
                module.names.entry(item.name.clone()).or_default().push(binding);
            }
        }
        if let Some(root) = modules.first_mut() {
            for (name, id) in exported.into_iter().filter(|(_, id)| *id != 0) {
                root.names.entry(name).or_default().push(Binding::Macro(id));
            }
        }
        Self { name, is_library, modules }
    }
}

impl<F> ModuleNames<F> {
    fn new((path, scopes, facts): (ModulePath, Scopes, F)) -> Self {
        let mut names: HashMap<_, Vec<_>> = HashMap::new();
        let mut globs = Vec::new();
        for (number, import) in scopes.module().imports.iter().enumerate() {
            match &import.names {
                Imported::As(name) => names.entry(name.clone()).or_default().push(Binding::Import(number)),
                Imported::Unnamed => {}
                Imported::Glob => globs.push(number),
            }
        }
        let path = std::iter::once("crate".to_owned()).chain(path.0).collect();
        Self { facts, scopes, path, parent: None, names, globs }
    }

    /// Paths of the items that the module declares or re-exports.
    pub(crate) fn item_paths(&self) -> impl Iterator<Item = Vec<String>> {
        self.names.keys().map(|name| {
            let mut path = self.path.clone();
            path.push(name.clone());
            path
        })
    }
}
