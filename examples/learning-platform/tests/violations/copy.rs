//! Temporary copy of this crate, which the tests modify.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// Workspace that contains only a copy of this crate.
pub(crate) struct Copy {
    folder: TempDir,
}

impl Copy {
    pub(crate) fn new() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = here.ancestors().nth(2).expect("examples/learning-platform is in a workspace");
        let folder = tempfile::tempdir().expect("a folder");
        let copy = Self { folder };
        let manifest =
            fs::read_to_string(workspace.join("Cargo.toml")).expect("the manifest of the workspace");
        fs::write(copy.folder.path().join("Cargo.toml"), single_member(&manifest, workspace))
            .expect("a manifest");
        for file in ["Cargo.lock", "rust-toolchain.toml"] {
            fs::copy(workspace.join(file), copy.folder.path().join(file)).expect(file);
        }
        for part in ["Cargo.toml", "src", "config", "seed", "benches", "tests/violations"] {
            copy_all(&here.join(part), &copy.crate_folder().join(part));
        }
        copy
    }

    fn crate_folder(&self) -> PathBuf {
        self.folder.path().join("learning-platform")
    }

    /// Replaces text that occurs exactly once in a file.
    pub(crate) fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.crate_folder().join("src").join(file);
        let text = fs::read_to_string(&path).expect(file);
        assert_eq!(text.matches(old).count(), 1, "{old:?} is in {file} once");
        fs::write(&path, text.replace(old, new)).expect(file);
    }

    /// Restores the original of a file.
    pub(crate) fn restore(&self, file: &str) {
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
        fs::copy(original, self.crate_folder().join("src").join(file)).expect(file);
    }

    /// Runs `cargo check` on the library. Returns its output if it fails.
    pub(crate) fn check(&self) -> Result<(), String> {
        let output = Command::new(env!("CARGO"))
            .current_dir(self.folder.path())
            .args(["check", "--quiet", "--lib", "--package", "learning-platform"])
            // The target directory is kept between runs.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("violations"))
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo");
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// Returns the manifest of a workspace that contains only this crate. The crates of the library remain at their
/// paths.
fn single_member(manifest: &str, workspace: &Path) -> String {
    let (before, rest) = manifest.split_once("members = [").expect("members");
    let (_, after) = rest.split_once(']').expect("the end of the members");
    let root = workspace.display();
    format!("{before}members = [\"learning-platform\"]{after}")
        .replace("path = \"inject-", &format!("path = \"{root}/inject-"))
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    } else if from.exists() {
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(from, to).expect("a copy");
    }
}
