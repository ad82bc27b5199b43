//! The program: its arguments, its output, and its exit status.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use assert_cmd::cargo::CommandCargoExt as _;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn program(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("cargo-inject").unwrap();
    command.current_dir(folder).args(arguments).output().unwrap()
}

#[test]
fn the_exit_status_is_that_of_the_command() {
    let layers = fixture("check/layers");
    for (arguments, status) in [
        (&["inject", "check"][..], 0),
        // As the program is called without cargo.
        (&["check"], 0),
        (&["inject", "check", "--features", "broken"], 1),
        (&["inject", "check", "--features", "missing"], 2),
        (&["inject", "check", "--no-such-option"], 2),
        (&["inject", "--help"], 0),
        (&["--version"], 0),
    ] {
        let output = program(&layers, arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        // Output of success goes to the standard output, errors to the standard error.
        assert_eq!(output.stdout.is_empty(), status == 2, "{arguments:?}");
        assert_eq!(output.stderr.is_empty(), status != 2, "{arguments:?}");
    }
}

#[test]
fn help_lists_the_exit_statuses() {
    let output = program(Path::new("."), &["--help"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Exit status: 0 success, 1 findings, 2 error"), "{text}");
    for command in ["expand", "eject", "graph", "routes", "check", "explain", "new", "completions"] {
        let help = program(Path::new("."), &[command, "--help"]);
        let help = String::from_utf8(help.stdout).unwrap();
        assert!(help.contains("Exit status: 0 success"), "{command}: {help}");
        assert!(help.contains("Example"), "{command}: {help}");
    }
}

#[test]
fn a_reader_that_stops_is_not_an_error() {
    let mut command = Command::cargo_bin("cargo-inject").unwrap();
    command.args(["explain", "layer"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Closes the pipe.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && text.is_empty(), "{text}");
}
