//! Names in the crate whose macros are expanded.

use std::collections::HashMap;

use syn::Path;

use crate::{
    macros::{self, Macro},
    package::{PackageError, Selected},
    source::{
        Module, ModulePath, Problems, Target,
        names::{CrateId, CrateSource, Import, MODULE, ModuleId, PackageNames, PathSite, PathSyntax, Scopes},
        walk,
    },
};

/// Names in the crate whose macros are expanded, and in the library beside it.
pub(super) struct Names {
    package: PackageNames<()>,
    krate: CrateId,
    ids: HashMap<ModulePath, ModuleId>,
}

/// Error returned when the names of a package cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NamesError {
    #[error(
        "`{package}` does not depend on `inject-runtime`, so there is nothing to expand: choose another package with `--package`"
    )]
    NoRuntime { package: String },
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Library(#[from] Problems),
}

impl Names {
    /// Reads the names of `target` with its `modules`, and those of the library if `target` is a binary.
    ///
    /// # Errors
    ///
    /// The package does not depend on the runtime: none of its macros can be used.
    pub(super) fn of(
        selected: &Selected,
        target: &Target,
        modules: &[Module<'_>],
    ) -> Result<Self, NamesError> {
        let is_runtime =
            |package: &cargo_metadata::Dependency| macros::PACKAGES.contains(&package.name.as_str());
        if !selected.package.dependencies.iter().any(is_runtime) {
            return Err(NamesError::NoRuntime { package: selected.package.name.to_string() });
        }
        let mut crates = Vec::new();
        if !target.is_library
            && let Some(library) = selected.targets()?.into_iter().find(|other| other.is_library)
        {
            let modules = walk(&library, |module| (module.path.clone(), Scopes::of(module), ()))?;
            crates.push(CrateSource { name: library.name, is_library: true, modules });
        }
        let mut ids = HashMap::new();
        for (id, module) in modules.iter().enumerate() {
            ids.entry(module.path.clone()).or_insert(id);
        }
        crates.push(CrateSource {
            name: target.name.clone(),
            is_library: target.is_library,
            modules: modules.iter().map(|module| (module.path.clone(), Scopes::of(module), ())).collect(),
        });
        let krate = crates.len() - 1;
        Ok(Self { package: PackageNames::new(crates, selected.dependencies()), krate, ids })
    }

    /// Macro of the runtime that `path` names in `module`.
    pub(super) fn macro_of(&self, module: &Module<'_>, path: &Path) -> Option<Macro> {
        self.named(module, path, |_| MODULE)
    }

    /// Macro of the runtime that `path` names at the byte `offset` of the file of `module`: in the body of a function, its imports count.
    pub(super) fn macro_at(&self, module: &Module<'_>, path: &Path, offset: usize) -> Option<Macro> {
        self.named(module, path, |scopes| scopes.at(offset))
    }

    fn named(&self, module: &Module<'_>, path: &Path, scope: impl FnOnce(&Scopes) -> usize) -> Option<Macro> {
        let id = *self.ids.get(&module.path)?;
        let scope = scope(&self.package.module(self.krate, id).scopes);
        let site = PathSite { krate: self.krate, module: id, scope };
        Macro::named(&self.package, site, &PathSyntax::of(path))
    }

    /// Whether `module` has something with this name, of any kind: declared, imported, or from a glob import.
    pub(super) fn is_taken(&self, module: &ModulePath, name: &str) -> bool {
        self.ids.get(module).is_some_and(|id| self.package.is_taken(self.krate, *id, name))
    }

    /// Import of `module` that brings `name` into scope by that name.
    pub(super) fn import(&self, module: &ModulePath, name: &str) -> Option<&Import> {
        self.package.import(self.krate, *self.ids.get(module)?, name)
    }

    /// Whether the code refers to the runtime by this name.
    pub(super) fn is_runtime(&self, name: &str) -> bool {
        self.package.dependencies.names.get(name).is_some_and(|krate| macros::is_runtime(krate))
    }
}
