//! What is found, for people and for programs.

mod json;
mod location;
mod sarif;
mod text;

use std::path::Path;

use serde::Serialize;

use super::{Format, package::Checked};

/// The report, as it is printed. Files are relative to `root` where programs read it.
pub(crate) fn render(checked: &[Checked], format: Format, root: &Path) -> String {
    match format {
        Format::Text => checked.iter().map(text::render).collect(),
        Format::Json => pretty(&json::report(checked, root)),
        Format::Sarif => pretty(&sarif::report(checked, root)),
    }
}

fn pretty(report: &impl Serialize) -> String {
    // Its maps have texts as keys, and it is written to memory: that cannot fail.
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    text + "\n"
}
