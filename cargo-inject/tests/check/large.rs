//! The crate for measurements of `check`: its rules hold, and their patterns cover something.

use std::fs;

use super::sample::check;

#[path = "../../examples/large_crate.rs"]
#[allow(dead_code)] // its `main`
mod large_crate;

#[test]
fn the_rules_of_the_large_crate_hold() {
    let folder = tempfile::tempdir().unwrap();
    let lines = large_crate::generate(folder.path(), 2_000).unwrap();
    assert!(lines >= 2_000);
    let checked = check(folder.path(), &[]);
    assert_eq!((checked.status, &*checked.stderr), (0, ""), "{}", checked.stdout);

    // The rules find violations.
    let service = folder.path().join("src/features/f1/service.rs");
    let text = fs::read_to_string(&service).unwrap();
    fs::write(
        &service,
        text + "\nfn broken(_: repository::Row0, _: crate::features::f0::repository::Row1) {}\n",
    )
    .unwrap();
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.status, 1);
    assert_eq!(
        checked.stdout.lines().filter(|line| line.starts_with("error[")).count(),
        3,
        "{}",
        checked.stdout
    );
}
