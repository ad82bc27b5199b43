//! One crate whose names come on many ways, through the commands that resolve names: they agree.

#[path = "fixtures/mod.rs"]
mod fixtures;

use std::fs;

use fixtures::{inject, manifest, said};
use serde_json::Value;

#[test]
fn expand_knows_the_macros() {
    let manifest = manifest("resolution");
    let folder = manifest.parent().unwrap();
    let saved = tempfile::tempdir().unwrap();
    let run = cargo_inject::run(folder, &["expand", "--save", saved.path().to_str().unwrap()]).unwrap();
    assert_eq!(run.status, 0, "{}", run.stderr);
    let mut found = Vec::new();
    for file in ["hidden.rs", "parts.rs", "parts/group.rs", "parts/glob.rs", "web.rs"] {
        let text =
            fs::read_to_string(saved.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        found.extend(text.lines().filter_map(|line| line.strip_prefix("// crate::")).map(str::to_owned));
    }
    assert_eq!(
        found,
        [
            "hidden::App: #[wiring]",
            "parts::MacroUsePart: #[service]",
            "parts::ThisCratePart: #[me::own::di::service]",
            "parts::RawPart: #[crate::own::r#async]",
            "parts::group::GroupPart: #[mine::deeper::service]",
            "parts::glob::GlobPart: #[service]",
            "web::list: #[get(\"/\", public)]",
            "web::inner: all![list]",
        ]
    );
}

#[test]
fn check_knows_the_attributes_and_the_paths() {
    let manifest = manifest("resolution");
    let run = cargo_inject::run(manifest.parent().unwrap(), &["check", "--format", "json"]).unwrap();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let violations = report["packages"][0]["violations"].as_array().unwrap();
    let found: Vec<_> = violations
        .iter()
        .map(|violation| {
            let text = |key: &str| violation[key].as_str().unwrap();
            let places = violation["places"].as_array().unwrap().len();
            format!("{}: {} {} ({places})", text("rule"), text("module"), text("path"))
        })
        .collect();
    assert_eq!(
        found,
        ["a: crate::parts::glob crate::hidden::Marker (2)", "a: crate::web crate::hidden::App (2)"],
        "{}",
        run.stdout
    );
}

#[test]
fn graph_and_routes_know_the_container_the_components_and_the_functions() {
    let manifest = manifest("resolution");
    let graph: Value =
        serde_json::from_str(&said(&inject("graph", &manifest, &["--format", "json"]))).unwrap();
    let vertices = graph["vertices"].as_array().unwrap();
    let types: Vec<_> = vertices.iter().map(|vertex| vertex["type"].as_str().unwrap()).collect();
    for part in ["MacroUsePart", "ThisCratePart", "RawPart", "GroupPart", "GlobPart"] {
        assert!(types.contains(&&*format!("Arc<parts::{part}>")), "{part}: {types:?}");
    }
    let table = said(&inject("routes", &manifest, &[]));
    assert!(table.contains("GET     /inner  list"), "the outermost function is chosen: {table}");
}
