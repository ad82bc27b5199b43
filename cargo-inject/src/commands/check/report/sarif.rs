//! SARIF 2.1.0, as far as code scanning reads it.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use super::location::{Location, uri};
use crate::commands::check::{
    finding::{Finding, Key, Place},
    package::Checked,
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What fails. What is known is not part of it: an alert that nobody is to act on teaches people to ignore alerts.
pub(super) fn report(checked: &[Checked], root: &Path) -> Value {
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
