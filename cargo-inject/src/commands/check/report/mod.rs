//! What is found, for people and for programs.

mod json;
mod location;
mod sarif;
mod text;

use std::path::Path;

use serde::Serialize;

use super::package::Checked;

/// For people.
pub(crate) fn text(checked: &[Checked]) {
    for checked in checked {
        anstream::print!("{}", text::render(checked));
    }
}

/// For scripts. Files are relative to `root`.
pub(crate) fn json(checked: &[Checked], root: &Path) {
    print(&json::report(checked, root));
}

/// For code scanning. Files are relative to `root`.
pub(crate) fn sarif(checked: &[Checked], root: &Path) {
    print(&sarif::report(checked, root));
}

fn print(report: &impl Serialize) {
    // Maps have strings as keys, and the writer is memory: it cannot fail.
    if let Ok(text) = serde_json::to_string_pretty(report) {
        anstream::println!("{text}");
    }
}
