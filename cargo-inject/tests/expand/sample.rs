//! Sample crates, and runs in them.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
pub(crate) use cargo_inject::Run;

/// Root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Folder of a sample crate.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/expand").join(name)
}

/// Runs `cargo inject` in `folder`, in this process.
pub(crate) fn inject(folder: &Path, arguments: &[&str]) -> Run {
    cargo_inject::run(folder, arguments).unwrap()
}

/// Starts the program in `folder`.
#[allow(dead_code)] // not in every test binary
pub(crate) fn program(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::cargo_bin("cargo-inject").unwrap();
    command.arg("inject").args(arguments).current_dir(folder).env_remove("NO_COLOR");
    let output = command.output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
