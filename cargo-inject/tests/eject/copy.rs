//! Copies of crates, to change.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::sample::{fixture, inject, workspace};

/// Crate in a temporary folder.
pub(crate) struct Copy {
    _temporary: TempDir,
    pub(crate) folder: PathBuf,
}

impl Copy {
    /// Copy of a sample crate. It depends on the runtime of this workspace, and on the versions of its lock file.
    pub(crate) fn of_fixture(name: &str) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().canonicalize().unwrap();
        copy(&fixture(name), &folder);
        fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let here = workspace().display().to_string();
        fs::write(&manifest, text.replace("../../../../..", &here)).unwrap();
        Self { _temporary: temporary, folder }
    }

    /// Copy of the quickstart, as the only member of a workspace with the dependencies of this one.
    pub(crate) fn of_quickstart() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path().canonicalize().unwrap();
        let folder = root.join("quickstart");
        copy(&workspace().join("examples/quickstart"), &folder);
        fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        let mut manifest: toml::Table =
            fs::read_to_string(workspace().join("Cargo.toml")).unwrap().parse().unwrap();
        let table = manifest["workspace"].as_table_mut().unwrap();
        table.insert("members".to_owned(), toml::Value::from(vec!["quickstart"]));
        for (_, dependency) in table["dependencies"].as_table_mut().unwrap() {
            if let Some(path) = dependency.get_mut("path") {
                *path = toml::Value::from(workspace().join(path.as_str().unwrap()).to_str().unwrap());
            }
        }
        // Profiles of packages that are not dependencies would be a warning.
        for (_, profile) in manifest["profile"].as_table_mut().unwrap() {
            profile.as_table_mut().unwrap().remove("package");
        }
        fs::write(root.join("Cargo.toml"), manifest.to_string()).unwrap();
        Self { _temporary: temporary, folder }
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.join(file), text).unwrap();
    }

    /// Items that use macros of the runtime, from the headings of saved expansions.
    pub(crate) fn items(&self) -> BTreeSet<String> {
        let saved = tempfile::tempdir().unwrap();
        let run = inject(&self.folder, &["expand", "--save", saved.path().to_str().unwrap()]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let mut items = BTreeSet::new();
        for file in files(saved.path()) {
            let text = fs::read_to_string(file).unwrap();
            let headings = text.lines().filter_map(|line| line.strip_prefix("// crate::"));
            items.extend(
                headings.filter_map(|heading| Some(format!("crate::{}", heading.split_once(": ")?.0))),
            );
        }
        items
    }

    /// Creates a git repository, and commits all files.
    pub(crate) fn commit(&self) {
        for arguments in [
            &["init", "-q"][..],
            &["add", "."],
            &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first"],
        ] {
            let status = Command::new("git").arg("-C").arg(&self.folder).args(arguments).status().unwrap();
            assert!(status.success(), "git {arguments:?}");
        }
    }

    /// Runs `cargo check`. Returns the warnings, one a line. The target folder is that of the workspace.
    pub(crate) fn check(&self) -> Vec<String> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["check", "--all-targets"]).current_dir(&self.folder).env("CARGO_TARGET_DIR", target);
        let output = cargo.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{text}");
        text.lines().filter(|line| line.starts_with("warning")).map(str::to_owned).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}
