//! `cargo inject graph`, by the program.

#[path = "fixtures/mod.rs"]
mod fixtures;

use std::{collections::BTreeMap, fs, path::Path};

use fixtures::{errors, inject, manifest, quickstart, said};
use serde_json::Value;

fn school(arguments: &[&str]) -> std::process::Output {
    inject("graph", &manifest("school"), arguments)
}

/// Vertices by id.
fn vertices(json: &str) -> BTreeMap<String, Value> {
    let graph: Value = serde_json::from_str(json).expect("JSON");
    let vertices = graph["vertices"].as_array().expect("a list");
    vertices
        .iter()
        .map(|vertex| (vertex["id"].as_str().expect("a name").to_owned(), vertex.clone()))
        .collect()
}

/// `from to` of each edge, with its reason.
fn edges(json: &str) -> Vec<String> {
    let graph: Value = serde_json::from_str(json).expect("JSON");
    let edges = graph["edges"].as_array().expect("a list").iter();
    edges
        .map(|edge| {
            let reason = edge["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!(
                "{} {}{reason}",
                edge["from"].as_str().expect("an id"),
                edge["to"].as_str().expect("an id")
            )
        })
        .collect()
}

#[test]
fn the_graph_is_that_of_the_compiled_crate() {
    let output = school(&["--format", "json"]);
    let json = said(&output);
    let vertices = vertices(&json);
    assert_eq!(vertices["list"]["route"], "GET /courses");
    assert_eq!(vertices["users"]["route"], "GET /admin/users", "with the prefix");
    assert_eq!(vertices["list"]["declared_at"], "src/web.rs:13", "relative to the workspace");
    assert_eq!(vertices["Grading"]["layer"], "Domain");
    assert_eq!(
        (&vertices["replica"]["qualifier"], &vertices["replica"]["factory"]),
        (&"Replica".into(), &"connect".into())
    );
    let edges = edges(&json);
    for expected in [
        "CourseRepository clock: rows are stamped with \"now\" until the database does it",
        "courses Grading: the domain is older than its layer",
        "current_user Sessions",
        // Only a provider uses `Sessions`.
        "Sessions ReportRepository",
        "ReportRepository replica",
    ] {
        assert!(edges.iter().any(|edge| edge == expected), "{expected}: {edges:?}");
    }
    assert_eq!(vertices["Sessions"]["dependencies"], Value::Null);
    assert_eq!(vertices["Audit"]["dependencies"], "unknown");
    assert!(
        errors(&output).starts_with("note: the dependencies of `Audit` are not shown"),
        "{}",
        errors(&output)
    );
}

#[test]
fn the_quickstart_has_a_picture() {
    let output = inject("graph", &quickstart(), &["--format", "json"]);
    let vertices = vertices(&said(&output));
    for (id, layer) in [
        ("list", "Route"),
        ("BookService", "Service"),
        ("BookRepository", "Repository"),
        ("pool", "Infrastructure"),
    ] {
        assert_eq!(vertices[id]["layer"], layer, "{id}");
    }
    assert_eq!(errors(&output), "");
}

#[test]
fn a_focus_omits_distant_vertices_in_every_format() {
    for format in ["mermaid", "dot", "json", "html", "svg"] {
        let picture = said(&school(&["--format", format, "--focus", "Sessions", "--depth", "1"]));
        for (name, is_there) in
            [("current_user", true), ("ReportRepository", true), ("CourseRepository", false)]
        {
            assert_eq!(picture.contains(name), is_there, "{name} in {format}");
        }
        // Two edges away.
        assert!(!picture.contains("GET /me"), "{format}");
    }
    let whole = said(&school(&["--focus", "Sessions"]));
    assert!(whole.contains("GET /me") && !whole.contains("GET /courses<"), "{whole}");
}

#[test]
fn a_component_is_found_by_its_type_and_by_its_name() {
    for name in ["courses", "Courses", "Arc<Courses>"] {
        let picture = said(&school(&["--focus", name, "--depth", "0", "--format", "json"]));
        assert_eq!(vertices(&picture).into_keys().collect::<Vec<_>>(), ["courses"], "{name}");
    }
    let output = school(&["--focus", "Sesions"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        errors(&output).ends_with("error: there is no `Sesions` in the graph: did you mean `Sessions`?\n")
    );
}

#[test]
fn routes_can_be_omitted_or_selected() {
    let without = said(&school(&["--no-routes", "--format", "json"]));
    assert!(!vertices(&without).contains_key("list") && !vertices(&without).contains_key("current_user"));
    let internal = said(&school(&["--routes", "web::internal", "--format", "json"]));
    let vertices = vertices(&internal);
    assert!(vertices.contains_key("metrics") && !vertices.contains_key("list"));
    let unknown = school(&["--routes", "web::everything"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        errors(&unknown)
            .contains("`school` has no function without parameters that returns routes `web::everything`"),
        "{}",
        errors(&unknown)
    );
}

#[test]
fn the_name_of_the_output_determines_the_format() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, start) in [
        ("a.html", "<!doctype html>"),
        ("a.svg", "<svg "),
        ("a.dot", "digraph "),
        ("a.json", "{\n"),
        ("a.mmd", "flowchart "),
    ] {
        let file = folder.path().join(name);
        assert_eq!(said(&school(&["--output", file.to_str().expect("text")])), "");
        let written = fs::read_to_string(&file).expect("it is written");
        assert!(written.starts_with(start), "{name}: {}", &written[..40]);
    }
    let nowhere = folder.path().join("nowhere/a.html");
    let output = school(&["--output", nowhere.to_str().expect("text")]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_page_shows_the_policies_of_routes() {
    let page = said(&school(&["--format", "html"]));
    assert!(page.contains("public + Admin") && page.contains("Student | Teacher"));
}

#[test]
fn a_crate_that_does_not_compile_shows_the_errors_of_rustc() {
    let output = inject("graph", &manifest("broken"), &[]);
    assert_eq!(output.status.code(), Some(2));
    let errors = errors(&output);
    assert!(errors.contains("error[E0277]: `App` does not provide `Arc<Clock>`"), "{errors}");
    assert!(errors.contains("error: `broken` does not compile: the errors are above"), "{errors}");
    assert!(!errors.contains("warning"), "{errors}");
}

#[test]
fn a_container_in_a_binary_is_refused() {
    let output = inject("graph", &manifest("binary"), &[]);
    assert_eq!(output.status.code(), Some(2));
    let errors = errors(&output);
    assert!(errors.starts_with("error: the container `App` ("), "{errors}");
    assert!(
        errors.contains("src/main.rs:6) is in a binary, which cannot be asked: move it into the library"),
        "{errors}"
    );
}

#[test]
fn the_folder_of_the_user_stays_unchanged() {
    let manifest = manifest("school");
    let listed = |folder: &Path| {
        let mut names: Vec<_> =
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").file_name()).collect();
        names.sort();
        names
    };
    let folder = manifest.parent().expect("a folder");
    let (before, lock) = (listed(folder), fs::read(folder.join("Cargo.lock")).expect("a file"));
    said(&school(&[]));
    assert_eq!(listed(folder), before);
    assert_eq!(fs::read(folder.join("Cargo.lock")).expect("a file"), lock);
}

#[test]
fn help_has_an_example() {
    let help = inject("graph", &quickstart(), &["--help"]);
    assert!(said(&help).contains("cargo inject graph --output graph.html"));
}
