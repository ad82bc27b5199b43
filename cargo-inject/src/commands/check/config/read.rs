//! Reads the rules of a package from its manifest, and from that of its workspace.

use std::{fs, path::Path, sync::Arc};

use super::{
    Rules,
    meant::did_you_mean,
    validate::Validation,
    written::{Inject, Manifest, Section},
};
use crate::{
    error::Error,
    package::Selected,
    source::{Problem, Problems, SourceFile},
};

/// The rules for a package; none if there are none. What the package does not say is taken from its workspace, key by key.
///
/// # Errors
///
/// A manifest cannot be read, or the rules in it make no sense.
pub(crate) fn read(selected: &Selected) -> Result<Option<Rules>, Error> {
    let package = &selected.package;
    let root = selected.metadata.workspace_root.join("Cargo.toml");
    let (file, own) = inject(package.manifest_path.as_std_path(), |manifest| manifest.package)?;
    let (root, shared) = inject(root.as_std_path(), |manifest| manifest.workspace)?;
    if own.is_none() && shared.is_none() {
        return Ok(None);
    }
    let mut own_validation = Validation::of_package(file, package);
    let own = own_validation.rules(own.unwrap_or_default());
    let mut shared_validation = Validation::of_workspace(root);
    let shared = shared_validation.rules(shared.unwrap_or_default());
    let mut problems = own_validation.problems;
    problems.extend(shared_validation.problems);
    if problems.is_empty() { Ok(Some(own.or(shared))) } else { Err(Problems(problems).into()) }
}

/// A manifest, and what is in it under `metadata.inject` of one of its sections.
fn inject(
    path: &Path,
    section: fn(Manifest) -> Option<Section>,
) -> Result<(Arc<SourceFile>, Option<Inject>), Error> {
    let text = fs::read_to_string(path).map_err(Error::at(path))?;
    let manifest = toml::from_str::<Manifest>(&text);
    let file = Arc::new(SourceFile { path: path.to_owned(), text });
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
    // serde says what it knows in a sentence: "unknown field `a`, expected one of `b`, `c`".
    let mut names = error.message().split('`').skip(1).step_by(2);
    if error.message().starts_with("unknown field")
        && let Some(name) = names.next()
    {
        let keys: Vec<_> = names.collect();
        let meant = did_you_mean(name, keys.iter().copied());
        let all = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        return Problem::at(file, span, format!("unknown key `{name}`{meant}"))
            .help(format!("there are {all}"));
    }
    let text = match error.message().strip_prefix("missing field ") {
        Some(name) => format!("the key {name} is missing"),
        None => error.message().to_owned(),
    };
    Problem::at(file, span, text)
}
