//! Selection of a package, as cargo describes it.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, Package};
use clap::Args;

use crate::{
    file_error::FileError,
    macros,
    nearest::{nearest, quoted},
    source::names::Dependencies,
};

/// Options that select a package and its features.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Selection {
    /// Manifest of the package, or of its workspace
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Package, if there are several
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// Features to turn on, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES", value_delimiter = ',')]
    pub(crate) features: Vec<String>,
    /// Turns all features on
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Turns the default feature off
    #[arg(long)]
    pub(crate) no_default_features: bool,
}

/// Selected package, in its workspace.
pub(crate) struct Selected {
    pub(crate) metadata: Metadata,
    pub(crate) package: Package,
    pub(crate) selection: Selection,
    /// Current folder, relative to which files are shown.
    pub(crate) here: PathBuf,
}

/// Error returned when a package, a target or a feature cannot be selected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error("{0}")]
    Metadata(#[from] cargo_metadata::Error),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("there is no package `{name}` here{}", or_all(.nearest.as_deref(), .members))]
    UnknownPackage { name: String, nearest: Option<String>, members: Vec<String> },
    #[error("select a package with `--package`: {}", list(.members))]
    SeveralPackages { members: Vec<String> },
    #[error("`{package}` has no feature `{name}`{}", meant(.nearest.as_deref()))]
    UnknownFeature { package: String, name: String, nearest: Option<String> },
    #[error("`{package}` has no binary `{name}`, but a library: omit `--bin`")]
    NoBinaries { package: String, name: String },
    #[error("`{package}` has no binary `{name}`, but {}", list(.binaries))]
    UnknownBinary { package: String, name: String, binaries: Vec<String> },
    #[error("`{package}` has no library: select a binary with `--bin`: {}", list(.binaries))]
    NoLibrary { package: String, binaries: Vec<String> },
}

/// Crates that are always there.
const ALWAYS: [&str; 4] = ["std", "core", "alloc", "proc_macro"];

impl Selection {
    /// Selects the package from the folder `here`.
    ///
    /// # Errors
    ///
    /// There is no manifest, or cargo cannot read it; the workspace does not have the package, or the package is ambiguous.
    pub(crate) fn select(&self, here: &Path) -> Result<Selected, PackageError> {
        let metadata = self.metadata(here)?;
        let package = self.package_of(&metadata, here)?.clone();
        Ok(Selected { metadata, package, selection: self.clone(), here: here.to_owned() })
    }

    /// Selects all packages of the workspace.
    ///
    /// # Errors
    ///
    /// As [`select`](Self::select).
    pub(crate) fn select_all(&self, here: &Path) -> Result<Vec<Selected>, PackageError> {
        let metadata = self.metadata(here)?;
        let packages = metadata.workspace_packages().into_iter().cloned();
        Ok(packages
            .map(|package| Selected {
                metadata: metadata.clone(),
                package,
                selection: self.clone(),
                here: here.to_owned(),
            })
            .collect())
    }

    fn metadata(&self, here: &Path) -> Result<Metadata, PackageError> {
        let mut command = MetadataCommand::new();
        command.current_dir(here);
        if let Some(path) = &self.manifest_path {
            command.manifest_path(path);
        }
        if self.all_features {
            command.features(CargoOpt::AllFeatures);
        }
        if self.no_default_features {
            command.features(CargoOpt::NoDefaultFeatures);
        }
        if !self.features.is_empty() {
            command.features(CargoOpt::SomeFeatures(self.features.clone()));
        }
        Ok(command.no_deps().exec()?)
    }

    fn package_of<'a>(&self, metadata: &'a Metadata, here: &Path) -> Result<&'a Package, PackageError> {
        let packages = metadata.workspace_packages();
        let members = || packages.iter().map(|package| package.name.to_string()).collect::<Vec<_>>();
        if let Some(name) = &self.package {
            let named = packages.iter().find(|package| package.name.as_str() == name).copied();
            return named.ok_or_else(|| PackageError::UnknownPackage {
                name: name.clone(),
                nearest: nearest(name, packages.iter().map(|package| package.name.as_str()))
                    .map(str::to_owned),
                members: members(),
            });
        }
        // As cargo does: the package of this folder, or the only one.
        let manifest = match &self.manifest_path {
            Some(path) => Some(here.join(path)),
            None => here.ancestors().map(|folder| folder.join("Cargo.toml")).find(|file| file.is_file()),
        };
        let manifest = manifest.and_then(|path| path.canonicalize().ok());
        let by_folder = packages
            .iter()
            .find(|package| manifest.is_some() && package.manifest_path.canonicalize().ok() == manifest);
        match (by_folder, &packages[..]) {
            (Some(package), _) | (None, [package]) => Ok(package),
            (None, _) => Err(PackageError::SeveralPackages { members: members() }),
        }
    }
}

impl Selected {
    /// Crates that the package depends on. Names differ from the crates' own where the manifest says `web = { package = "axum" }`.
    pub(crate) fn dependencies(&self) -> Dependencies {
        let name_in_code = |name: &str| name.replace('-', "_");
        let dependencies = self.package.dependencies.iter().map(|dependency| {
            let own = name_in_code(&dependency.name);
            (dependency.rename.as_deref().map_or_else(|| own.clone(), name_in_code), own)
        });
        let names: HashMap<_, _> =
            dependencies.chain(ALWAYS.map(|name| (name.to_owned(), name.to_owned()))).collect();
        let macros = macros::PACKAGES.map(|package| (name_in_code(package), macros::names()));
        Dependencies { names, macros: macros.into() }
    }
}

fn list(names: &[String]) -> String {
    quoted(names.iter().map(String::as_str))
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!(": did you mean `{nearest}`?")).unwrap_or_default()
}

fn or_all(nearest: Option<&str>, all: &[String]) -> String {
    if nearest.is_some() { meant(nearest) } else { format!(", but {}", list(all)) }
}
