//! Known violations: they do not fail the check; a new violation and an entry without a violation do.

use std::fs;

use insta::assert_snapshot;

use super::sample::{check, copy, edit, titles};

const FILE: &str = "inject-baseline.toml";
const BROKEN: [&str; 2] = ["--features", "broken"];
const UPDATE: [&str; 3] = ["--features", "broken", "--update-baseline"];

#[test]
fn a_known_violation_does_not_fail() {
    let folder = copy("contexts");
    assert_eq!(check(folder.path(), &BROKEN).status, 1);
    let updated = check(folder.path(), &UPDATE);
    assert_eq!(updated.status, 0, "{}", updated.stdout);
    assert!(updated.stdout.contains("; inject-baseline.toml: 3 added, 0 removed\n"), "{}", updated.stdout);
    let written = fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert_snapshot!(written);

    let checked = check(folder.path(), &BROKEN);
    assert_eq!(checked.status, 0);
    assert!(
        checked.stdout.contains("; 3 violations are known, in inject-baseline.toml\n"),
        "{}",
        checked.stdout
    );

    // Writing it again changes nothing.
    let updated = check(folder.path(), &UPDATE);
    assert!(updated.stdout.contains(": 0 added, 0 removed\n"), "{}", updated.stdout);
    assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), written);
}

#[test]
fn lines_may_move() {
    let folder = copy("contexts");
    check(folder.path(), &UPDATE);
    edit(&folder, "src/jobs.rs", "pub fn run", "\n\n// Further down.\npub fn run");
    assert_eq!(check(folder.path(), &BROKEN).status, 0);
}

#[test]
fn a_new_violation_fails() {
    let folder = copy("contexts");
    check(folder.path(), &UPDATE);
    edit(
        &folder,
        "src/jobs.rs",
        "drop(users::store::Store);",
        "drop(users::store::Store); drop(users::store::Name::new());",
    );
    let checked = check(folder.path(), &BROKEN);
    assert_eq!(checked.status, 1);
    assert_eq!(
        titles(&checked),
        [
            "contexts features::*]: `crate::jobs` uses `crate::features::users::store::Name`, which is internal to `crate::features::users`"
        ]
    );
}

#[test]
fn an_entry_without_a_violation_fails_until_it_is_removed() {
    let folder = copy("contexts");
    check(folder.path(), &UPDATE);
    edit(&folder, "src/jobs.rs", "    #[cfg(feature = \"broken\")]\n    drop(users::store::Store);\n", "");
    let checked = check(folder.path(), &BROKEN);
    assert_eq!(checked.status, 1);
    assert_snapshot!(checked.stdout);

    let updated = check(folder.path(), &UPDATE);
    assert_eq!(updated.status, 0);
    assert!(updated.stdout.contains(": 0 added, 1 removed\n"), "{}", updated.stdout);
}

#[test]
fn without_known_violations_there_is_no_file() {
    let folder = copy("contexts");
    check(folder.path(), &UPDATE);
    assert_eq!(check(folder.path(), &["--update-baseline"]).status, 0);
    assert!(!folder.path().join(FILE).exists());
}

#[test]
fn a_module_without_a_layer_cannot_be_known() {
    let folder = copy("layers");
    let updated = check(folder.path(), &["--features", "stray", "--update-baseline"]);
    assert_eq!(updated.status, 1);
    assert!(!folder.path().join(FILE).exists());
}

#[test]
fn an_invalid_file() {
    let folder = copy("contexts");
    fs::write(folder.path().join(FILE), "known = [\n    { rule = \"a\", line = 3 },\n]\n").unwrap();
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.status, 2);
    assert!(checked.stderr.contains("unknown field `line`"), "{}", checked.stderr);
    assert!(checked.stderr.contains("--> inject-baseline.toml:2:"), "{}", checked.stderr);
    assert!(checked.stderr.contains("`--update-baseline` writes the file again"), "{}", checked.stderr);
}
