//! Manifest of the program that asks the compiled crate.
//!
//! The program is a workspace of its own, so that it does not change the user's. It copies the settings that affect how dependencies are
//! built, so that they are built once: the profiles, the patches, the resolver, and the lock file beside it.

use std::{collections::BTreeSet, fs, path::Path};

use cargo_metadata::{Dependency, DependencyKind, Package};
use toml::{Table, Value};

use super::error::CompiledError;
use crate::{
    file_error::FileError,
    package::{Selected, Selection},
};

/// Name of the package in the program.
pub(super) const SUBJECT: &str = "subject";

/// Name of the program.
pub(super) fn name(package: &Package) -> String {
    format!("inject-asks-{}", package.name)
}

/// Text of the manifest.
///
/// # Errors
///
/// The package does not depend on `inject-runtime`; the manifest of the workspace cannot be read.
pub(super) fn manifest(selected: &Selected) -> Result<String, CompiledError> {
    let root = selected.metadata.workspace_root.join("Cargo.toml");
    let text = fs::read_to_string(&root).map_err(FileError::at(&root))?;
    let root_manifest: Table =
        text.parse().map_err(|source| CompiledError::Manifest { path: root.to_string(), source })?;

    let mut package = Table::new();
    package.insert("name".into(), name(&selected.package).into());
    package.insert("version".into(), "0.0.0".into());
    package.insert("edition".into(), "2024".into());
    package.insert("publish".into(), false.into());

    let mut dependencies = Table::new();
    dependencies.insert(SUBJECT.into(), subject(&selected.package, &selected.selection).into());
    dependencies.insert("inject-runtime".into(), runtime(&selected.package)?.into());

    let mut manifest = Table::new();
    manifest.insert("package".into(), package.into());
    manifest.insert("dependencies".into(), dependencies.into());
    let mut workspace = Table::new();
    workspace.insert("resolver".into(), resolver(&root_manifest).into());
    manifest.insert("workspace".into(), workspace.into());
    if let Some(profile) = root_manifest.get("profile") {
        manifest.insert("profile".into(), profile.clone());
    }
    if let Some(Value::Table(patches)) = root_manifest.get("patch") {
        let folder = selected.metadata.workspace_root.as_std_path();
        manifest.insert("patch".into(), absolute(patches.clone(), folder).into());
    }
    Ok(format!("# Written by `cargo inject`, which overwrites it.\n\n{manifest}"))
}

/// Dependency on the package, with the selected features.
fn subject(package: &Package, selection: &Selection) -> Table {
    let written = selection.features.iter().flat_map(|list| list.split_whitespace());
    let mut features: BTreeSet<String> = written
        .filter_map(|name| match name.split_once('/') {
            Some((of, feature)) => (of == package.name.as_str()).then(|| feature.to_owned()),
            None => Some(name.to_owned()),
        })
        .collect();
    if selection.all_features {
        features.extend(package.features.keys().cloned());
    }
    let mut table = Table::new();
    table.insert("package".into(), package.name.to_string().into());
    let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
    table.insert("path".into(), folder.as_str().into());
    if selection.no_default_features {
        table.insert("default-features".into(), false.into());
    }
    table.insert("features".into(), Value::Array(features.into_iter().map(Value::String).collect()));
    table
}

/// Dependency on `inject-runtime` as the package has it, under its own name. It turns on no features: the package turns on those that it
/// needs.
fn runtime(package: &Package) -> Result<Table, CompiledError> {
    let is_it = |dependency: &&Dependency| {
        dependency.name == "inject-runtime" && dependency.kind == DependencyKind::Normal
    };
    let Some(dependency) = package.dependencies.iter().find(is_it) else {
        return Err(CompiledError::NoRuntime { package: package.name.to_string() });
    };
    let mut table = Table::new();
    table.insert("version".into(), dependency.req.to_string().into());
    table.insert("default-features".into(), false.into());
    if let Some(path) = &dependency.path {
        table.insert("path".into(), path.as_str().into());
    } else if let Some(git) = dependency.source.as_ref().and_then(|source| source.repr.strip_prefix("git+")) {
        let (url, choice) = git.split_once('?').unwrap_or((git, ""));
        table.insert("git".into(), url.split('#').next().unwrap_or(url).into());
        // `rev=..`, `branch=..` or `tag=..`
        if let Some((key, value)) = choice.split('#').next().and_then(|pair| pair.split_once('=')) {
            table.insert(key.into(), value.into());
        }
    } else if let Some(index) = &dependency.registry {
        table.insert("registry-index".into(), index.as_str().into());
    }
    Ok(table)
}

/// Resolver of the workspace: the one in its manifest, or the one that its edition implies.
fn resolver(root: &Table) -> String {
    let of = |key: &str| root.get(key).and_then(Value::as_table);
    let written = [of("workspace"), of("package")]
        .into_iter()
        .flatten()
        .find_map(|table| table.get("resolver").and_then(Value::as_str));
    if let Some(written) = written {
        return written.to_owned();
    }
    match of("package").and_then(|table| table.get("edition")).and_then(Value::as_str) {
        Some("2024") => "3",
        Some("2021") => "2",
        _ => "1",
    }
    .to_owned()
}

/// `patches` with paths that do not depend on the folder.
fn absolute(mut patches: Table, folder: &Path) -> Table {
    let sources = patches.iter_mut().filter_map(|(_, source)| source.as_table_mut());
    for dependency in
        sources.flat_map(|source| source.iter_mut().filter_map(|(_, entry)| entry.as_table_mut()))
    {
        if let Some(Value::String(path)) = dependency.get_mut("path") {
            *path = folder.join(&*path).to_string_lossy().into_owned();
        }
    }
    patches
}
