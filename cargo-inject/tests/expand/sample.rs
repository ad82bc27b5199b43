//! The sample crates, and the program run in them.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The folder of a sample crate.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/expand").join(name)
}

/// What the program has said.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `cargo inject` in `folder`.
pub(crate) fn inject(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::cargo_bin("cargo-inject").unwrap();
    command.arg("inject").args(arguments).current_dir(folder).env_remove("NO_COLOR");
    let output = command.output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
