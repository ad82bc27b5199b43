//! Which target of a package is looked at: its library, or a binary.

use std::{fs, path::PathBuf};

use cargo_metadata::TargetKind;
use clap::Args;

use super::{cfg::Conditions, features};
use crate::{cli::Selection, error::Error, package::Selected};

/// The choice of a target.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct TargetChoice {
    /// The library, which is meant where there is one
    #[arg(long, conflicts_with = "bin")]
    pub(crate) lib: bool,
    /// A binary
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Option<String>,
}

/// A crate: where its sources begin, and what is set when it is compiled.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) is_library: bool,
    /// `src/lib.rs`, without links in the path.
    pub(crate) root: PathBuf,
    pub(crate) conditions: Conditions,
}

impl Target {
    /// The library and the binaries of the package, the library first.
    ///
    /// # Errors
    ///
    /// A selected feature is not one of the package; the file of a target is not there.
    pub(crate) fn all(selected: &Selected, selection: &Selection) -> Result<Vec<Self>, Error> {
        let package = &selected.package;
        let on = features::selected(selection, &package.name, &package.features)?;
        let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
        let conditions = Conditions::of_host(folder.as_std_path(), on.into_iter());
        let mut targets = Vec::new();
        for target in &package.targets {
            let is_library = is_library(&target.kind);
            if is_library || target.kind.contains(&TargetKind::Bin) {
                let root = target.src_path.as_std_path();
                let root = fs::canonicalize(root).map_err(Error::at(root))?;
                let (name, conditions) = (target.name.clone(), conditions.clone());
                targets.push(Self { name, is_library, root, conditions });
            }
        }
        targets.sort_by_key(|target| !target.is_library);
        Ok(targets)
    }

    /// The target that `choice` means: without one the library, or the only binary.
    ///
    /// # Errors
    ///
    /// As [`Target::all`], or there is no such target, or there are several.
    pub(crate) fn chosen(
        selected: &Selected,
        selection: &Selection,
        choice: &TargetChoice,
    ) -> Result<Self, Error> {
        let package = &selected.package.name;
        let targets = Self::all(selected, selection)?;
        let binaries = || targets.iter().filter(|target| !target.is_library);
        let names = || binaries().map(|binary| format!("`{}`", binary.name)).collect::<Vec<_>>().join(", ");
        let found = match &choice.bin {
            Some(name) => binaries().find(|binary| binary.name == *name).ok_or_else(|| {
                if binaries().next().is_none() {
                    return format!("`{package}` has no binary `{name}`, but a library: leave out `--bin`");
                }
                format!("`{package}` has no binary `{name}`, but {}", names())
            }),
            None => targets
                .first()
                .filter(|target| target.is_library || (targets.len() == 1 && !choice.lib))
                .ok_or_else(|| {
                    format!("`{package}` has no library: say which binary with `--bin`, {}", names())
                }),
        };
        found.cloned().map_err(Error::Message)
    }
}

fn is_library(kinds: &[TargetKind]) -> bool {
    use TargetKind::{CDyLib, DyLib, Lib, ProcMacro, RLib, StaticLib};
    kinds.iter().any(|kind| matches!(kind, CDyLib | DyLib | Lib | ProcMacro | RLib | StaticLib))
}
