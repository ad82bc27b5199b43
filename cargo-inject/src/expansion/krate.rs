//! A crate whose macros can be expanded.

use syn::Item;

use super::{
    item::{Expansion, Style, expand, item_name},
    names::Names,
    pretty::Pretty,
};
use crate::{
    error::Error,
    package::Selected,
    source::{Module, Tree},
};

/// The modules of a crate, and what their names stand for.
pub(crate) struct Crate<'a> {
    pub(crate) modules: Vec<Module<'a>>,
    pub(super) name: String,
    names: Names,
    style: Style,
    /// Whether axum's names can be used.
    axum: bool,
}

/// A module, expanded.
pub(crate) struct ExpandedModule {
    pub(crate) expansions: Vec<Expansion>,
    /// What has to be imported for what is written in `expansions`.
    pub(crate) imports: Option<String>,
}

impl<'a> Crate<'a> {
    /// # Errors
    ///
    /// The package does not depend on the runtime: no macro of ours can be in it.
    pub(crate) fn new(tree: &'a Tree, selected: &Selected, style: Style) -> Result<Self, Error> {
        let package = &selected.package;
        // The library of a package has no dependency on itself, and the runtime shows its own macros nowhere.
        let runtime: Vec<_> = package
            .dependencies
            .iter()
            .filter(|dependency| ["inject-runtime", "inject-macros"].contains(&&*dependency.name))
            .map(|dependency| dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_"))
            .collect();
        if runtime.is_empty() {
            return Err(Error::Message(format!(
                "`{}` does not depend on `inject-runtime`, so there is nothing to expand: choose another package with `--package`",
                package.name,
            )));
        }
        let axum = package
            .dependencies
            .iter()
            .any(|dependency| dependency.name == "axum" && dependency.rename.is_none());
        let modules = tree.modules();
        let names = Names::of(&modules, runtime);
        let name = tree.target().name.replace('-', "_");
        Ok(Self { modules, name, names, style, axum })
    }

    /// Expands the items of a module that are there and `wanted`.
    pub(crate) fn expand(&self, module: &Module<'_>, wanted: impl Fn(&Item) -> bool) -> ExpandedModule {
        let mut pretty = Pretty::of(&module.path, &self.names, self.axum);
        let items = module.items().filter(|item| !matches!(item, Item::Mod(_)) && wanted(item));
        let expansions =
            items.filter_map(|item| expand(item, module, &self.names, self.style, &mut pretty)).collect();
        ExpandedModule { expansions, imports: pretty.imports() }
    }

    /// Expands the items of a module that are found by `name`.
    pub(crate) fn expand_called(&self, module: &Module<'_>, name: &str) -> ExpandedModule {
        self.expand(module, |item| item_name(item).is_some_and(|own| own == name))
    }
}
