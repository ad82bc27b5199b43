//! The names that a module brings in, as they are written.

use std::collections::HashSet;

use syn::{Ident, Item, UseTree, ext::IdentExt as _};

use crate::source::name_of;

/// What a module, or the body of a function, imports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(super) imports: Vec<Import>,
    /// `use path::*`
    pub(super) globs: Vec<Written>,
    /// What is declared in it.
    pub(super) declared: HashSet<String>,
    /// `#[macro_use] extern crate`: its macros are known in the whole crate.
    pub(super) macros_of: Vec<Written>,
}

/// `use path as name`
#[derive(Clone, Debug)]
pub(super) struct Import {
    pub(super) name: String,
    pub(super) path: Written,
}

/// A path, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// `::path`: the first name is that of a crate.
    pub(crate) is_absolute: bool,
    pub(crate) names: Vec<String>,
}

impl Scope {
    /// What `items` bring into the scope that they are in.
    pub(super) fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Self {
        let mut scope = Self::default();
        for item in items {
            match item {
                Item::Use(item) => {
                    let start = Written { is_absolute: item.leading_colon.is_some(), names: Vec::new() };
                    scope.import(&item.tree, &start);
                }
                Item::ExternCrate(item) => {
                    let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                    let is_self = item.ident == "self";
                    let krate = if is_self { "crate".to_owned() } else { unraw(&item.ident) };
                    let path = Written { is_absolute: !is_self, names: vec![krate] };
                    if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_use")) {
                        scope.macros_of.push(path.clone());
                    }
                    scope.imports.push(Import { name: unraw(name), path });
                }
                item => scope.declared.extend(name_of(item).map(unraw)),
            }
        }
        scope
    }

    fn import(&mut self, tree: &UseTree, before: &Written) {
        match tree {
            UseTree::Path(tree) => self.import(&tree.tree, &before.then(&tree.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|branch| self.import(branch, before)),
            UseTree::Glob(_) => self.globs.push(before.clone()),
            // `use path::{self}`
            UseTree::Name(tree) if tree.ident == "self" => {
                if let Some(name) = before.names.last().cloned() {
                    self.imports.push(Import { name, path: before.clone() });
                }
            }
            UseTree::Name(tree) => {
                let (name, path) = (unraw(&tree.ident), before.then(&tree.ident));
                self.imports.push(Import { name, path });
            }
            UseTree::Rename(tree) => {
                let path = if tree.ident == "self" && !before.names.is_empty() {
                    before.clone()
                } else {
                    before.then(&tree.ident)
                };
                self.imports.push(Import { name: unraw(&tree.rename), path });
            }
        }
    }
}

impl Written {
    /// A path in the source.
    pub(super) fn of(path: &syn::Path) -> Self {
        Self {
            is_absolute: path.leading_colon.is_some(),
            names: path.segments.iter().map(|segment| unraw(&segment.ident)).collect(),
        }
    }

    fn then(&self, name: &Ident) -> Self {
        let mut longer = self.clone();
        longer.names.push(unraw(name));
        longer
    }
}

fn unraw(name: &Ident) -> String {
    name.unraw().to_string()
}
