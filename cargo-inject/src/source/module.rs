//! Modules and their items.

use std::{fmt, sync::Arc};

use syn::{Attribute, Ident, Item};

use super::{cfg::Conditions, file::SourceFile};

/// Path of a module: the names after `crate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ModulePath(pub(crate) Vec<String>);

/// Module, in a file of its own or in braces.
pub(crate) struct Module<'a> {
    pub(crate) path: ModulePath,
    /// File with its items.
    pub(crate) file: &'a Arc<SourceFile>,
    /// All items that are written in it, also those that conditions remove: see [`Module::items`].
    pub(crate) written: &'a [Item],
    /// Attributes above it, and those inside it with a `!`. Attributes above `mod name;` are in another file, and not here.
    pub(crate) attributes: Vec<&'a Attribute>,
    /// `#[cfg]`s of it and of the modules around it, which all hold: `feature = "search"`.
    pub(crate) cfg: Vec<String>,
    pub(crate) conditions: &'a Conditions,
    /// Position in the order in which the modules are declared.
    pub(super) position: Vec<usize>,
}

impl ModulePath {
    /// Path of an item in the module.
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
    /// Items whose conditions hold, including the modules that it declares.
    pub(crate) fn items(&self) -> impl Iterator<Item = &'a Item> {
        self.written.iter().filter(|item| self.conditions.hold(attributes_of(item)))
    }
}

macro_rules! attributes {
    ($($kind:ident)*) => {
        /// Attributes of an item; none for an item that `syn` does not know.
        pub(crate) fn attributes_of(item: &Item) -> &[Attribute] {
            match item {
                $(Item::$kind(item) => &item.attrs,)*
                _ => &[],
            }
        }

        /// Attributes of an item, to change them; none for an item that `syn` does not know.
        pub(crate) fn attributes_mut_of(item: &mut Item) -> Option<&mut Vec<Attribute>> {
            match item {
                $(Item::$kind(item) => Some(&mut item.attrs),)*
                _ => None,
            }
        }
    };
}

attributes!(Const Enum ExternCrate Fn ForeignMod Impl Macro Mod Static Struct Trait TraitAlias Type Union Use);

/// Name that an item brings into its module; none for an impl block or a `use`.
pub(crate) fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Mod(item) => Some(&item.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
