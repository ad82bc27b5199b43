//! `cargo inject new`: the projects compile and pass their own tests.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

#[path = "fixtures/slow.rs"]
mod slow;

fn new(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let run = cargo_inject::run(folder, &[&["new"], arguments].concat()).unwrap();
    (run.status == 0, run.stderr)
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn an_existing_folder_stays_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("reading-list")).unwrap();
    fs::write(folder.path().join("reading-list/precious"), "mine").unwrap();
    let (done, text) = new(folder.path(), &["reading-list"]);
    assert!(!done && text.contains("exists already"), "{text}");
    let left: Vec<_> = fs::read_dir(folder.path().join("reading-list")).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn an_invalid_name_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (done, text) = new(folder.path(), &["my app"]);
    assert!(!done && text.contains("such as `my-app`"), "{text}");
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn the_name_of_a_dependency_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in
        ["axum", "serde", "sqlx", "tokio", "tower", "inject-runtime", "inject_runtime", "test", "struct"]
    {
        let (done, text) = new(folder.path(), &[name]);
        assert!(!done && text.contains("is not a name for a project"), "{text}");
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn the_output_names_the_files_and_the_version_of_the_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let (done, text) = new(folder.path(), &["reading-list", "--released"]);
    assert!(done && text.contains("Created reading-list/src/main.rs"), "{text}");
    let depends = format!("Depends on inject-runtime {}, the released version\n", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&depends), "{text}");
    assert!(text.ends_with("cd reading-list && cargo run\n"), "{text}");
    let manifest = fs::read_to_string(folder.path().join("reading-list/Cargo.toml")).unwrap();
    let expected = format!("inject-runtime = {{ version = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(manifest.contains(&expected), "{manifest}");
}

/// In a checkout, the runtime is the one beside this crate: its version is not released yet, or has changed since.
#[test]
fn a_program_from_a_checkout_depends_on_the_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let (done, text) = new(folder.path(), &["reading-list"]);
    let runtime = checkout().join("inject-runtime").display().to_string();
    assert!(
        done && text.contains(&format!("Depends on inject-runtime of the checkout at {runtime}\n")),
        "{text}"
    );
    let manifest = fs::read_to_string(folder.path().join("reading-list/Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("inject-runtime = {{ path = {runtime:?}")), "{manifest}");
}

/// The rules in the manifests are valid, and hold.
#[test]
fn the_rules_of_every_project_hold() {
    let folder = tempfile::tempdir().unwrap();
    for layout in ["small", "layered", "feature"] {
        for database in ["sqlite", "postgres"] {
            let name = format!("{layout}-{database}");
            let (done, text) = new(folder.path(), &[&name, "--layout", layout, "--database", database]);
            assert!(done, "{text}");
            let run = cargo_inject::run(&folder.path().join(&name), &["check"]).unwrap();
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{name}: {}", run.stdout);
        }
    }
}

/// All layouts with all databases, in one workspace, so that their dependencies are built once. The versions are those of this workspace.
#[test]
fn every_project_is_formatted_free_of_lints_and_passes_its_tests() {
    if !slow::runs("the generated projects are built and tested") {
        return;
    }
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
            names.push(name.clone());
            // Profiles belong to the workspace.
            let path = folder.path().join(name).join("Cargo.toml");
            let text = fs::read_to_string(&path).unwrap();
            let (before, rest) = text.split_once("[profile.dev]").unwrap();
            let (own, after) = rest.split_once("\n# Rules that types").unwrap();
            profile = Some(format!("[profile.dev]{own}"));
            fs::write(&path, format!("{before}# Rules that types{after}")).unwrap();
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
    // By name: `--all` includes dependencies by path.
    for name in &names {
        cargo(&["fmt", "--check", "--package", name]);
    }
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    cargo(&["test", "--workspace"]);

    // The command of the generated CI: every public endpoint is in its list, and nothing else is.
    for name in names.iter().filter(|name| name.ends_with("-sqlite")) {
        let ci = fs::read_to_string(folder.path().join(name).join(".github/workflows/ci.yml")).unwrap();
        let (_, routes) = ci.split_once("cargo inject routes").unwrap();
        let arguments: Vec<&str> =
            routes.split_whitespace().map(|argument| argument.trim_matches('\'')).collect();
        let run = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_cargo-inject"))
                .current_dir(folder.path().join(name))
                .args(["inject", "routes"])
                .args(arguments)
                .env("CARGO_TARGET_DIR", &target)
                .output()
                .unwrap();
            let text =
                [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            (output.status.code(), text.concat())
        };
        let (status, text) = run(&arguments);
        assert_eq!(status, Some(0), "{name}: {text}");
        assert!(!text.contains("no route matches"), "{name}: {text}");
        let (status, text) = run(&arguments[..arguments.len() - 2]);
        assert_eq!(status, Some(1), "{name}: {text}");
        assert!(text.contains("POST /auth/login is public"), "{name}: {text}");
    }
}
