//! `cargo inject new`: what it makes, builds and passes its own tests.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use assert_cmd::cargo::CommandCargoExt as _;

fn new(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::cargo_bin("cargo-inject").unwrap();
    let output = command.current_dir(folder).args(["inject", "new"]).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn what_is_there_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("reading-list")).unwrap();
    fs::write(folder.path().join("reading-list/precious"), "mine").unwrap();
    let (done, text) = new(folder.path(), &["reading-list"]);
    assert!(!done && text.contains("is there already"), "{text}");
    let left: Vec<_> = fs::read_dir(folder.path().join("reading-list")).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn a_name_that_cannot_be_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (done, text) = new(folder.path(), &["my app"]);
    assert!(!done && text.contains("such as `my-app`"), "{text}");
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn progress_is_shown_and_the_released_version_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (done, text) = new(folder.path(), &["reading-list"]);
    assert!(done && text.contains("Created reading-list/src/main.rs"), "{text}");
    assert!(text.ends_with("cd reading-list && cargo run\n"), "{text}");
    let manifest = fs::read_to_string(folder.path().join("reading-list/Cargo.toml")).unwrap();
    let expected = format!("inject-runtime = {{ version = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(manifest.contains(&expected), "{manifest}");
}

/// All layouts on all databases, in one workspace, so that what they depend on is built once. The versions are those of this workspace.
#[test]
fn every_project_is_formatted_free_of_lints_and_passes_its_tests() {
    let folder = tempfile::tempdir().unwrap();
    let mut manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"*-*\"]\n".to_owned();
    let (mut names, mut profile) = (Vec::new(), None);
    for layout in ["small", "layered", "feature"] {
        for database in ["sqlite", "postgres"] {
            let name = format!("{layout}-{database}");
            let checkout = checkout();
            let arguments = [
                &*name,
                "--layout",
                layout,
                "--database",
                database,
                "--inject-path",
                checkout.to_str().unwrap(),
            ];
            let (done, text) = new(folder.path(), &arguments);
            assert!(done, "{text}");
            let mut check = Command::cargo_bin("cargo-inject").unwrap();
            let output =
                check.args(["inject", "check"]).current_dir(folder.path().join(&name)).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            names.push(name.clone());
            // Profiles are the workspace's.
            let path = folder.path().join(name).join("Cargo.toml");
            let text = fs::read_to_string(&path).unwrap();
            let (before, rest) = text.split_once("[profile.dev]").unwrap();
            let (own, after) = rest.split_once("\n# What the types").unwrap();
            profile = Some(format!("[profile.dev]{own}"));
            fs::write(&path, format!("{before}# What the types{after}")).unwrap();
        }
    }
    manifest.push_str(&profile.unwrap());
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::copy(checkout().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();

    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects");
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .current_dir(folder.path())
            .args(arguments)
            .env("CARGO_TARGET_DIR", &target)
            .output()
            .unwrap();
        let text =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "cargo {arguments:?}:\n{text}");
    };
    // By name: `--all` is about what they depend on by path, too.
    for name in &names {
        cargo(&["fmt", "--check", "--package", name]);
    }
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    cargo(&["test", "--workspace"]);
}
