//! Target of a package: its library, or a binary.

use std::fs;

use cargo_metadata::TargetKind;
use clap::Args;

use super::{
    features,
    selection::{PackageError, Selected},
};
use crate::{
    file_error::FileError,
    source::{Conditions, Target},
};

/// Options that select a target.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct TargetChoice {
    /// Selects the library, which is the default if there is one
    #[arg(long, conflicts_with = "bin")]
    pub(crate) lib: bool,
    /// Selects a binary
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Option<String>,
}

impl Selected {
    /// Library and binaries of the package, the library first.
    ///
    /// # Errors
    ///
    /// The package does not have a selected feature; the file of a target is missing.
    pub(crate) fn targets(&self) -> Result<Vec<Target>, PackageError> {
        let package = &self.package;
        let on = features::selected(&self.selection, &package.name, &package.features)?;
        let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
        let conditions = Conditions::of_host(folder.as_std_path(), on.into_iter());
        let mut targets = Vec::new();
        for target in &package.targets {
            let is_library = is_library(&target.kind);
            if is_library || target.kind.contains(&TargetKind::Bin) {
                let root = target.src_path.as_std_path();
                let root = fs::canonicalize(root).map_err(FileError::at(root))?;
                let (name, conditions) = (target.name.clone(), conditions.clone());
                targets.push(Target { name, is_library, root, conditions, here: self.here.clone() });
            }
        }
        targets.sort_by_key(|target| !target.is_library);
        Ok(targets)
    }

    /// Target that `choice` selects: by default the library, or the only binary.
    ///
    /// # Errors
    ///
    /// As [`targets`](Self::targets); or the target does not exist, or is ambiguous.
    pub(crate) fn target(&self, choice: &TargetChoice) -> Result<Target, PackageError> {
        let package = self.package.name.to_string();
        let targets = self.targets()?;
        let binaries = || targets.iter().filter(|target| !target.is_library);
        let names = || binaries().map(|binary| binary.name.clone()).collect::<Vec<_>>();
        let found = match &choice.bin {
            Some(name) => binaries().find(|binary| binary.name == *name).ok_or_else(|| {
                let (name, binaries) = (name.clone(), names());
                if binaries.is_empty() {
                    PackageError::NoBinaries { package, name }
                } else {
                    PackageError::UnknownBinary { package, name, binaries }
                }
            }),
            None => {
                let is_clear = |target: &&Target| target.is_library || (targets.len() == 1 && !choice.lib);
                let library = targets.first().filter(is_clear);
                library.ok_or_else(|| PackageError::NoLibrary { package, binaries: names() })
            }
        };
        found.cloned()
    }
}

fn is_library(kinds: &[TargetKind]) -> bool {
    use TargetKind::{CDyLib, DyLib, Lib, ProcMacro, RLib, StaticLib};
    kinds.iter().any(|kind| matches!(kind, CDyLib | DyLib | Lib | ProcMacro | RLib | StaticLib))
}
