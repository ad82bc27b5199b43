//! Crate whose macros can be expanded.

use syn::Item;

use super::{
    format::Formatter,
    item::{Expansion, Purpose, Style, expand, item_name},
    names::{Names, NamesError},
    pretty::Pretty,
};
use crate::{
    package::Selected,
    source::{Module, Tree},
};

/// Crate whose macros can be expanded.
pub(crate) struct Crate<'a> {
    pub(crate) modules: Vec<Module<'a>>,
    pub(super) name: String,
    names: Names,
    style: Style,
    formatter: Formatter,
    /// Whether axum's names can be used.
    axum: bool,
}

/// Expansions in a module.
pub(crate) struct ExpandedModule {
    pub(crate) expansions: Vec<Expansion>,
    /// Imports that the code in `expansions` needs.
    pub(crate) imports: Option<String>,
}

impl<'a> Crate<'a> {
    /// Reads the names of a crate.
    ///
    /// # Errors
    ///
    /// The package does not depend on the runtime: none of its macros can be used.
    pub(crate) fn new(tree: &'a Tree, selected: &Selected, style: Style) -> Result<Self, NamesError> {
        let package = &selected.package;
        let axum = package
            .dependencies
            .iter()
            .any(|dependency| dependency.name == "axum" && dependency.rename.is_none());
        let modules = tree.modules();
        let names = Names::of(selected, tree.target(), &modules)?;
        let name = tree.target().name.replace('-', "_");
        let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
        let formatter = match style.purpose {
            Purpose::Showing => Formatter::Prettyplease,
            Purpose::Reading | Purpose::Source => Formatter::Rustfmt {
                edition: package.edition.to_string(),
                folder: folder.as_std_path().to_owned(),
            },
        };
        Ok(Self { modules, name, names, style, formatter, axum })
    }

    /// Expands the `wanted` items of a module.
    pub(crate) fn expand(&self, module: &Module<'_>, wanted: impl Fn(&Item) -> bool) -> ExpandedModule {
        let mut pretty = Pretty::of(&module.path, &self.names, self.axum);
        let items = module.items().filter(|item| !matches!(item, Item::Mod(_)) && wanted(item));
        let expansions = items
            .filter_map(|item| expand(item, module, &self.names, self.style, &self.formatter, &mut pretty))
            .collect();
        ExpandedModule { expansions, imports: pretty.imports(&self.formatter) }
    }

    /// Expands the items of a module that are found by `name`.
    pub(crate) fn expand_called(&self, module: &Module<'_>, name: &str) -> ExpandedModule {
        self.expand(module, |item| item_name(item).is_some_and(|own| own == name))
    }
}
