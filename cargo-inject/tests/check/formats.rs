//! Reports for programs.

use serde_json::{Value, json};

use super::sample::{check, copy, crate_of, fixture};

fn broken(name: &str, format: &str) -> Value {
    let checked = check(&fixture(name), &["--features", "broken", "--format", format]);
    assert_eq!((checked.status, &*checked.stderr), (1, ""));
    serde_json::from_str(&checked.stdout).expect("JSON, and nothing else")
}

#[test]
fn json_has_everything() {
    let report = broken("contexts", "json");
    assert_eq!(report["version"], 1);
    let package = &report["packages"][0];
    assert_eq!(
        (&package["name"], &package["rules"], &package["modules"]),
        (&json!("contexts"), &json!(1), &json!(8))
    );
    assert_eq!(package["known"], json!([]));
    assert_eq!(
        package["violations"][2],
        json!({
            "rule": "contexts features::*",
            "module": "crate::jobs",
            "path": "crate::features::users::store::Store",
            "message": "`crate::jobs` uses `crate::features::users::store::Store`, which is internal to `crate::features::users`",
            "reason": "a feature can be rewritten without asking the others",
            "help": "use the public part of `crate::features::users`: `self`, `api`",
            "places": [{ "file": "src/jobs.rs", "line": 8, "column": 10, "end_line": 8, "end_column": 29 }],
        })
    );
}

#[test]
fn json_lists_known_violations() {
    let folder = copy("contexts");
    check(folder.path(), &["--features", "broken", "--update-baseline"]);
    let checked = check(folder.path(), &["--features", "broken", "--format", "json"]);
    let report: Value = serde_json::from_str(&checked.stdout).expect("JSON");
    let package = &report["packages"][0];
    assert_eq!((checked.status, &package["violations"]), (0, &json!([])));
    assert_eq!(package["known"].as_array().map(Vec::len), Some(3));
}

/// Properties that SARIF 2.1.0 requires, and those that code scanning reads.
#[test]
fn sarif_has_the_properties_that_code_scanning_reads() {
    let report = broken("layers", "sarif");
    assert_eq!(report["version"], "2.1.0");
    assert!(text(&report["$schema"]).ends_with("/sarif-schema-2.1.0.json"));
    let runs = report["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "cargo-inject");
    assert_eq!(driver["semanticVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(runs[0]["columnKind"], "unicodeCodePoints");

    let rules = driver["rules"].as_array().expect("rules");
    for rule in rules {
        assert!(!text(&rule["id"]).is_empty());
        for key in ["shortDescription", "fullDescription", "help"] {
            assert!(!text(&rule[key]["text"]).is_empty(), "{key}");
        }
        assert_eq!(rule["defaultConfiguration"]["level"], "error");
    }
    let results = runs[0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 9);
    let mut fingerprints = Vec::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "error");
        assert!(!text(&result["message"]["text"]).is_empty());
        assert_eq!(result["locations"].as_array().map(Vec::len), Some(1));
        for place in
            result["locations"].as_array().into_iter().chain(result["relatedLocations"].as_array()).flatten()
        {
            is_location(place);
        }
        fingerprints.push(text(&result["partialFingerprints"]["violation/v1"]).to_owned());
    }
    let count = fingerprints.len();
    fingerprints.sort();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), count, "alerts are told apart");
}

fn is_location(place: &Value) {
    let place = &place["physicalLocation"];
    let uri = text(&place["artifactLocation"]["uri"]);
    assert!(uri.starts_with("src/") && uri.contains(".rs") && !uri.contains('\\'), "{uri}");
    assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    let region = &place["region"];
    let number = |key: &str| region[key].as_u64().expect("a number");
    let (start, end) =
        ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(start.0 >= 1 && start.1 >= 1 && start < end, "{region}");
}

#[test]
fn sarif_without_results_is_a_run() {
    let checked = check(&fixture("layers"), &["--format", "sarif"]);
    let report: Value = serde_json::from_str(&checked.stdout).expect("JSON");
    assert_eq!((checked.status, &report["runs"][0]["results"]), (0, &json!([])));
}

#[test]
fn columns_count_characters_and_uris_are_encoded() {
    let rules = "[[package.metadata.inject.rules]]\nname = \"a\"\nmodules = [\"**\"]\nmay-not-use = [\"sqlx\"]\nreason = \"r\"\n";
    let files = [
        ("src/lib.rs", "#[path = \"mit platz/ä.rs\"] mod a;"),
        ("src/mit platz/ä.rs", "/* äöü */ use sqlx::Pool;"),
    ];
    let folder = crate_of(rules, &files);
    let checked = check(folder.path(), &["--format", "sarif"]);
    let report: Value = serde_json::from_str(&checked.stdout).expect("JSON");
    let place = &report["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/mit%20platz/%C3%A4.rs");
    assert_eq!(place["region"], json!({ "startLine": 1, "startColumn": 15, "endLine": 1, "endColumn": 25 }));
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
