//! Which package a command looks at: what cargo knows about it.

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, Package};
use strsim::jaro_winkler;

use crate::{cli::Selection, error::Error};

/// The selected package, in its workspace.
pub(crate) struct Selected {
    pub(crate) metadata: Metadata,
    pub(crate) package: Package,
}

impl Selection {
    /// Asks cargo.
    ///
    /// # Errors
    ///
    /// There is no manifest, or cargo cannot read it; the package is not one of the workspace, or several could be meant.
    pub(crate) fn select(&self) -> Result<Selected, Error> {
        let metadata = self.metadata()?;
        let package = self.package_of(&metadata)?.clone();
        Ok(Selected { metadata, package })
    }

    /// All packages of the workspace.
    ///
    /// # Errors
    ///
    /// As [`select`](Self::select).
    pub(crate) fn select_all(&self) -> Result<Vec<Selected>, Error> {
        let metadata = self.metadata()?;
        let packages = metadata.workspace_packages().into_iter().cloned();
        Ok(packages.map(|package| Selected { metadata: metadata.clone(), package }).collect())
    }

    fn metadata(&self) -> Result<Metadata, Error> {
        let mut command = MetadataCommand::new();
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

    fn package_of<'a>(&self, metadata: &'a Metadata) -> Result<&'a Package, Error> {
        let members = metadata.workspace_packages();
        let names =
            || members.iter().map(|package| format!("`{}`", package.name)).collect::<Vec<_>>().join(", ");
        if let Some(name) = &self.package {
            return members.iter().find(|package| package.name.as_str() == name).copied().ok_or_else(|| {
                let nearest = members
                    .iter()
                    .map(|package| (jaro_winkler(&package.name, name), package))
                    .filter(|(likeness, _)| *likeness > 0.8)
                    .max_by(|a, b| a.0.total_cmp(&b.0));
                Error::Message(match nearest {
                    Some((_, package)) => {
                        format!("there is no package `{name}` here: did you mean `{}`?", package.name)
                    }
                    None => format!("there is no package `{name}` here, but {}", names()),
                })
            });
        }
        // As cargo does: the package whose folder this is, or the only one.
        let here = self.manifest_path.clone().or_else(|| {
            std::env::current_dir()
                .ok()?
                .ancestors()
                .map(|folder| folder.join("Cargo.toml"))
                .find(|file| file.is_file())
        });
        let here = here.and_then(|path| path.canonicalize().ok());
        let by_folder = members.iter().find(|package| {
            package.manifest_path.canonicalize().ok().as_deref() == here.as_deref() && here.is_some()
        });
        match (by_folder, &members[..]) {
            (Some(package), _) | (None, [package]) => Ok(package),
            (None, _) => Err(Error::Message(format!("say which package with `--package`: {}", names()))),
        }
    }
}
