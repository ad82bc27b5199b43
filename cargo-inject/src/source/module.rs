//! A module, wherever it is written.

use std::{fmt, sync::Arc};

use syn::{Attribute, Item};

use super::{cfg::Conditions, file::SourceFile, item::attributes_of};

/// `crate::services::user`, as the names after `crate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ModulePath(pub(crate) Vec<String>);

/// A module, in a file of its own or in braces.
pub(crate) struct Module<'a> {
    pub(crate) path: ModulePath,
    /// The file that its items are in.
    pub(crate) file: &'a Arc<SourceFile>,
    /// All that is written in it, whether it is there or not: see [`Module::items`].
    pub(crate) written: &'a [Item],
    /// What is written above it, and inside it with a `!`. Above `mod name;` is not in this file, and not here.
    pub(crate) attributes: Vec<&'a Attribute>,
    /// The `#[cfg]`s of it and of the modules around it, which hold: `feature = "search"`.
    pub(crate) cfg: Vec<String>,
    pub(crate) conditions: &'a Conditions,
    /// Its place among the modules of the crate, as they are declared.
    pub(super) position: Vec<usize>,
}

impl ModulePath {
    /// The path of something in the module.
    pub(crate) fn join(&self, name: impl Into<String>) -> Self {
        let mut path = self.clone();
        path.0.push(name.into());
        path
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("crate")?;
        self.0.iter().try_for_each(|name| write!(f, "::{name}"))
    }
}

impl<'a> Module<'a> {
    /// The items that are there, the modules declared in it among them.
    pub(crate) fn items(&self) -> impl Iterator<Item = &'a Item> {
        self.written.iter().filter(|item| self.conditions.hold(attributes_of(item)))
    }
}
