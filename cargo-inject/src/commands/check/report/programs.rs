//! Reports for programs: JSON, and SARIF 2.1.0 as far as code scanning reads it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Component, Path},
};

use serde::Serialize;
use serde_json::{Value, json};

use crate::commands::check::{
    finding::{Finding, Key, Place},
    package::Checked,
};

/// Report in JSON.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    /// Grows with each incompatible change.
    version: u32,
    packages: Vec<Package<'a>>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    rules: usize,
    modules: usize,
    uses: usize,
    /// New violations.
    violations: Vec<Violation<'a>>,
    /// Violations that the baseline lists.
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

pub(super) fn json<'a>(checked: &'a [Checked], root: &Path) -> Report<'a> {
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

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Report in SARIF. It omits known violations: alerts that need no action teach readers to ignore alerts.
pub(super) fn sarif(checked: &[Checked], root: &Path) -> Value {
    let findings = || checked.iter().flat_map(|package| &package.new);
    let mut reasons = BTreeMap::new();
    for finding in findings() {
        reasons.entry(&*finding.key.rule).or_insert(&*finding.reason);
    }
    let rules: Vec<_> = reasons.iter().map(|(id, reason)| rule(id, reason)).collect();
    let results: Vec<_> = findings()
        .map(|finding| {
            let index = reasons.keys().position(|id| *id == finding.key.rule);
            result(finding, index, root)
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-inject",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(id: &str, reason: &str) -> Value {
    json!({
        "id": id,
        "shortDescription": { "text": id },
        "fullDescription": { "text": reason },
        "help": { "text": reason },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding, index: Option<usize>, root: &Path) -> Value {
    let Key { rule, module, path } = &finding.key;
    let related: Vec<_> = finding.places[1..].iter().map(|place| location(place, root)).collect();
    json!({
        "ruleId": rule,
        "ruleIndex": index,
        "level": "error",
        "message": { "text": format!("{}\n{}\n{}", finding.message, finding.reason, finding.help) },
        "locations": [location(&finding.places[0], root)],
        "relatedLocations": related,
        // Without a line number, so that an alert stays the same when lines move.
        "partialFingerprints": { "violation/v1": format!("{rule}|{module}|{path}") },
    })
}

fn location(place: &Place, root: &Path) -> Value {
    let Location { line, column, end_line, end_column } = Location::of(place);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file.path, root), "uriBaseId": "%SRCROOT%" },
            "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
        },
    })
}

/// Place in a file: lines and columns from one, columns in characters, the end exclusive.
struct Location {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl Location {
    fn of(place: &Place) -> Self {
        let (start, end) = (place.file.location(place.range.start), place.file.location(place.range.end));
        Self { line: start.line, column: start.column, end_line: end.line, end_column: end.column }
    }
}

/// Path of a file, relative to a folder if it is below it, with `/` on every system.
fn relative(file: &Path, root: &Path) -> String {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (file, root) = (canonical(file), canonical(root));
    let Ok(below) = file.strip_prefix(&root) else { return file.display().to_string() };
    let names = below.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}

/// Path of a file as a relative reference (RFC 3986); `file://` if it is not below the folder.
fn uri(file: &Path, root: &Path) -> String {
    let mut uri = String::new();
    let path = relative(file, root);
    if Path::new(&path).is_absolute() {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(byte.into());
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
