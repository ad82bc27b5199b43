//! Where the file of `mod name;` is: rustc's rules.

use std::path::{Path, PathBuf};

use syn::{Expr, ExprLit, ItemMod, Lit, Meta};

use super::cfg::Conditions;

/// Where the files of the modules declared in a module are.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// In `services.rs`, which is not `services/mod.rs`, they are in `services`; but a `#[path]` counts from the folder of the file.
    below: Option<String>,
}

/// The file of a module, and where the files of the modules in it are.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: PathBuf,
    pub(super) directory: Directory,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum NotFound {
    /// In neither place.
    Neither(PathBuf, PathBuf),
    /// In both.
    Both(PathBuf, PathBuf),
    /// Not where `#[path]` says.
    AtPath(PathBuf),
}

impl Directory {
    /// That of the root of a crate.
    pub(super) fn of_root(root: &Path) -> Self {
        Self { path: root.parent().unwrap_or(root).to_owned(), below: None }
    }

    /// That of `mod name { .. }` in a module with this one.
    pub(super) fn of_inline(&self, item: &ItemMod, name: &str, conditions: &Conditions) -> Self {
        let mut path = self.path.clone();
        // For historical reasons the `#[path]` of a module in braces is a folder, from the folder of the file.
        if let Some(folder) = path_attribute(item, conditions) {
            path.push(folder);
        } else {
            path.extend(&self.below);
            path.push(name);
        }
        Self { path, below: None }
    }

    /// The file of `mod name;`.
    pub(super) fn locate(
        &self,
        item: &ItemMod,
        name: &str,
        conditions: &Conditions,
    ) -> Result<Found, NotFound> {
        if let Some(written) = path_attribute(item, conditions) {
            let file = self.path.join(written);
            // Whatever it is called, it counts as a `mod.rs`.
            let directory = Self::of_root(&file);
            return if file.is_file() { Ok(Found { file, directory }) } else { Err(NotFound::AtPath(file)) };
        }
        let mut folder = self.path.clone();
        folder.extend(&self.below);
        let (own, index) = (folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs"));
        match (own.is_file(), index.is_file()) {
            (true, false) => {
                let directory = Self { path: folder, below: Some(name.to_owned()) };
                Ok(Found { file: own, directory })
            }
            (false, true) => {
                let directory = Self::of_root(&index);
                Ok(Found { file: index, directory })
            }
            (true, true) => Err(NotFound::Both(own, index)),
            (false, false) => Err(NotFound::Neither(own, index)),
        }
    }
}

/// The value of `#[path = ".."]`: the first that applies.
fn path_attribute(item: &ItemMod, conditions: &Conditions) -> Option<String> {
    conditions.applied(&item.attrs).iter().find_map(|meta| match &**meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}
