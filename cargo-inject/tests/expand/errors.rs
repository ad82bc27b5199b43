//! Errors in the sources.

use crate::sample::{fixture, inject};

#[test]
fn errors_of_macros_are_shown_beside_the_expansions() {
    let run = inject(&fixture("broken"), &["expand"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stderr);
    assert!(run.stdout.contains("impl __rt::Layered for Fine"), "{}", run.stdout);
    assert!(!run.stdout.contains("compile_error"), "{}", run.stdout);
    // An item without errors is expanded without errors.
    assert_eq!(inject(&fixture("broken"), &["expand", "Fine"]).status, 0);
}

#[test]
fn files_that_cannot_be_read_are_all_named() {
    let run = inject(&fixture("unparsable"), &["expand"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("no file for the module `missing`\n --> src/lib.rs:3:5"), "{}", run.stderr);
    assert!(run.stderr.contains("`src/missing.rs` and at `src/missing/mod.rs`"), "{}", run.stderr);
    assert!(run.stderr.contains(" --> src/torn.rs:2:13\n  |\n2 |     let x = ;\n"), "{}", run.stderr);
}
