//! A crate whose items are all ejected compiles.

use crate::{copy::Copy, sample::inject, slow::runs};

/// Ejects all items, of which there are `expected`, and checks the crate.
fn ejects(copy: &Copy, expected: usize) {
    let items = copy.items();
    assert_eq!(items.len(), expected, "{items:?}");
    for item in &items {
        let run = inject(&copy.folder, &["eject", "--force", item]);
        assert_eq!(run.status, 0, "{item}: {}", run.stderr);
        assert!(run.stderr.starts_with(&format!("{item} is ejected, in ")), "{}", run.stderr);
    }
    assert_eq!(copy.items().len(), 0);
    // The imports of the macros stay.
    let mut warnings = copy.check();
    warnings
        .retain(|warning| !warning.starts_with("warning: unused import") && !warning.contains("generated"));
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn every_kind_of_item() {
    if !runs("every kind of item is ejected and compiled") {
        return;
    }
    ejects(&Copy::of_fixture("shop"), 22);
}

#[test]
fn the_quickstart() {
    if !runs("the quickstart is ejected and compiled") {
        return;
    }
    ejects(&Copy::of_quickstart(), 14);
}
