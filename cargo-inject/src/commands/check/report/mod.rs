//! Reports on findings, for people and for programs.

mod programs;
mod text;

use std::path::Path;

use clap::ValueEnum;
use serde::Serialize;

use super::package::Checked;

/// Format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For scripts
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Renders the report. In formats for programs, files are relative to `root`.
pub(super) fn render(checked: &[Checked], format: Format, root: &Path) -> String {
    match format {
        Format::Text => checked.iter().map(text::render).collect(),
        Format::Json => pretty(&programs::json(checked, root)),
        Format::Sarif => pretty(&programs::sarif(checked, root)),
    }
}

fn pretty(report: &impl Serialize) -> String {
    // Maps with texts as keys, written to memory: that cannot fail.
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    text + "\n"
}
