//! Saved expansions.

use std::fs;

use crate::sample::{fixture, inject};

#[test]
fn saved_expansions_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("expansions");
    let run = |option: &str| inject(&fixture("shop"), &["expand", option, saved.to_str().unwrap()]);

    let missing = run("--check");
    assert_eq!(missing.status, 2);
    assert!(missing.stderr.contains("cargo inject expand --save"), "{}", missing.stderr);

    assert_eq!(run("--save").status, 0);
    assert!(saved.join("crate.rs").is_file() && saved.join("moved.rs").is_file());
    let unchanged = run("--check");
    assert_eq!((unchanged.status, unchanged.stdout.as_str()), (0, ""));

    // An upgrade changes the code.
    let layers = saved.join("layers.rs");
    let text = fs::read_to_string(&layers).unwrap();
    assert!(!text.contains("/// Prices."), "only the code of macros is saved: {text}");
    fs::write(&layers, text.replace("type Layer = Domain", "type Layer = Another")).unwrap();
    let changed = run("--check");
    assert_eq!(changed.status, 1);
    assert!(changed.stdout.contains("layers.rs\n"), "{}", changed.stdout);
    assert!(
        changed.stdout.contains("\n-        type Layer = Another;\n+        type Layer = Domain;\n"),
        "{}",
        changed.stdout
    );

    // A module that was removed, and a file of the user.
    let gone = saved.join("gone.rs");
    fs::write(&gone, fs::read_to_string(&layers).unwrap()).unwrap();
    fs::write(saved.join("notes.rs"), "// mine\n").unwrap();
    assert!(run("--check").stdout.contains("gone.rs\n"));
    assert_eq!(run("--save").status, 0);
    assert!(!gone.exists() && saved.join("notes.rs").exists());
    assert_eq!(run("--check").status, 0);
}
