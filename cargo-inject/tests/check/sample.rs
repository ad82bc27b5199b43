//! Crates to check.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cargo_inject::Run;
use tempfile::TempDir;

/// Checks the crate in a folder.
pub(crate) fn check(folder: &Path, arguments: &[&str]) -> Run {
    cargo_inject::run(folder, &[&["check"], arguments].concat()).expect("a folder")
}

/// Folder of a sample crate.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/check").join(name)
}

/// Copy of a sample crate, to change.
pub(crate) fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy_all(&fixture(name), folder.path());
    // Its dependencies stay in their folder.
    let manifest = folder.path().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a file");
    let beside = fixture("").display().to_string().replace('\\', "/");
    fs::write(manifest, text.replace("\"../stubs", &format!("\"{beside}stubs"))).expect("a file");
    folder
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_all(&from, &to);
        } else {
            fs::copy(from, to).expect("a file");
        }
    }
}

/// Crate with these rules and these files.
pub(crate) fn crate_of(rules: &str, files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = format!(
        "[package]\nname = \"shop\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n[dependencies]\nserde = \"1\"\nsqlx = \"0.9\"\nmd-5 = \"0.10\"\n\n{rules}"
    );
    write(&folder, "Cargo.toml", &manifest);
    write(&folder, "src/lib.rs", "");
    for (path, text) in files {
        write(&folder, path, text);
    }
    folder
}

/// Writes a file of a crate.
pub(crate) fn write(folder: &TempDir, path: &str, text: &str) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Replaces a part of a file, which must exist.
pub(crate) fn edit(folder: &TempDir, path: &str, from: &str, to: &str) {
    let file = folder.path().join(path);
    let text = fs::read_to_string(&file).expect("a file");
    assert!(text.contains(from), "{path} has no `{from}`");
    fs::write(file, text.replace(from, to)).expect("a file");
}

/// Titles of the findings: rule and message.
pub(crate) fn titles(checked: &Run) -> Vec<&str> {
    checked.stdout.lines().filter_map(|line| line.strip_prefix("error[")).collect()
}
