//! Rules of a package, from its manifest and from that of its workspace.

use std::{fs, path::Path, sync::Arc};

use cargo_metadata::DependencyKind;

use super::{
    model::Rules,
    tables::{InjectTable, Manifest, Section},
    validate::Validation,
};
use crate::{
    error::Error,
    file_error::FileError,
    macros::PACKAGES,
    nearest::{did_you_mean, quoted},
    package::Selected,
    source::{Problem, Problems, SourceFile},
};

/// Reads the rules for a package; returns none if there are none. A package that uses the library has the rules of
/// wiring. Keys that the package does not have come from its workspace.
///
/// # Errors
///
/// A manifest cannot be read, or the rules in it are invalid.
pub(crate) fn read(selected: &Selected) -> Result<Option<Rules>, Error> {
    let package = &selected.package;
    let here = &selected.here;
    let root = selected.metadata.workspace_root.join("Cargo.toml");
    let (file, own) = inject(package.manifest_path.as_std_path(), here, |manifest| manifest.package)?;
    let (root, shared) = inject(root.as_std_path(), here, |manifest| manifest.workspace)?;
    let uses_library = package
        .dependencies
        .iter()
        .any(|dependency| dependency.kind == DependencyKind::Normal && PACKAGES.contains(&&*dependency.name));
    if own.is_none() && shared.is_none() && !uses_library {
        return Ok(None);
    }
    let mut own_validation = Validation::of_package(file, package);
    let own = own_validation.rules(own.unwrap_or_default());
    let mut shared_validation = Validation::of_workspace(root);
    let shared = shared_validation.rules(shared.unwrap_or_default());
    let mut problems = own_validation.problems;
    problems.extend(shared_validation.problems);
    if !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    let mut rules = own.or(shared);
    if uses_library {
        rules.wiring.get_or_insert_default();
    }
    Ok(Some(rules))
}

/// Reads a manifest and the table `metadata.inject` of one of its sections.
fn inject(
    path: &Path,
    here: &Path,
    section: fn(Manifest) -> Option<Section>,
) -> Result<(Arc<SourceFile>, Option<InjectTable>), Error> {
    let text = fs::read_to_string(path).map_err(FileError::at(path))?;
    let manifest = toml::from_str::<Manifest>(&text);
    let file = SourceFile::new(path, text, here);
    match manifest {
        Ok(manifest) => Ok((
            file,
            section(manifest).and_then(|section| section.metadata).and_then(|metadata| metadata.inject),
        )),
        Err(error) => Err(Problems(vec![unreadable(&file, &error)]).into()),
    }
}

fn unreadable(file: &Arc<SourceFile>, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or_default();
    // serde lists the keys in a sentence: "unknown field `a`, expected one of `b`, `c`".
    let mut names = error.message().split('`').skip(1).step_by(2);
    if error.message().starts_with("unknown field")
        && let Some(name) = names.next()
    {
        let keys: Vec<_> = names.collect();
        let meant = did_you_mean(name, keys.iter().copied());
        return Problem::at(file, span, format!("unknown key `{name}`{meant}"))
            .help(format!("the keys are {}", quoted(keys)));
    }
    let text = match error.message().strip_prefix("missing field ") {
        Some(name) => format!("the key {name} is missing"),
        None => error.message().to_owned(),
    };
    Problem::at(file, span, text)
}
