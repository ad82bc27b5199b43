//! The report for scripts.

use std::path::Path;

use serde::Serialize;

use super::location::{Location, relative};
use crate::commands::check::{
    finding::{Finding, Key, Place},
    package::Checked,
};

/// The report.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    /// Grows when something changes that a script could stumble over.
    version: u32,
    packages: Vec<Package<'a>>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    rules: usize,
    modules: usize,
    uses: usize,
    /// What fails.
    violations: Vec<Violation<'a>>,
    /// What is in the baseline.
    known: Vec<Violation<'a>>,
}

#[derive(Serialize)]
struct Violation<'a> {
    #[serde(flatten)]
    key: &'a Key,
    message: &'a str,
    reason: &'a str,
    help: &'a str,
    places: Vec<Position>,
}

#[derive(Serialize)]
struct Position {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

pub(super) fn report<'a>(checked: &'a [Checked], root: &Path) -> Report<'a> {
    let violations =
        |findings: &'a [Finding]| findings.iter().map(|finding| violation(finding, root)).collect::<Vec<_>>();
    let packages = checked.iter().map(|package| Package {
        name: &package.name,
        rules: package.rules,
        modules: package.modules,
        uses: package.uses,
        violations: violations(&package.new),
        known: violations(&package.known),
    });
    Report { version: 1, packages: packages.collect() }
}

fn violation<'a>(finding: &'a Finding, root: &Path) -> Violation<'a> {
    let position = |place: &Place| {
        let Location { line, column, end_line, end_column } = Location::of(place);
        Position { file: relative(&place.file.path, root), line, column, end_line, end_column }
    };
    Violation {
        key: &finding.key,
        message: &finding.message,
        reason: &finding.reason,
        help: &finding.help,
        places: finding.places.iter().map(position).collect(),
    }
}
