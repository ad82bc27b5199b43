//! The dependency graph as data and as pictures.

#![allow(dead_code, reason = "the components are in the graph and are never used")]

use std::sync::Arc;

use inject_runtime::{
    container,
    graph::{EdgeKind, Recipe},
    in_layer,
    layer::{Common, Infrastructure},
    repository, service,
};

#[in_layer(Common)]
struct Settings;

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Pool;

struct Replica;

#[repository]
struct Users {
    pool: Pool,
}

#[repository]
struct Reports {
    #[qualifier(Replica)]
    pool: Pool,
    #[layering(allow, reason = "numbers \"as of\" <now>")]
    clock: Arc<dyn Clock>,
}

#[service]
trait Clock: Send + Sync {}

#[service]
struct SystemClock;

impl Clock for SystemClock {}

#[service]
struct Accounts {
    users: Users,
    reports: Arc<Reports>,
    #[external]
    name: &'static str,
}

mod other {
    #[super::service]
    pub(crate) struct Accounts {
        _users: super::Users,
    }
}

#[service]
struct Generic<T: Send + Sync + 'static> {
    _inner: T,
}

fn connect(settings: Arc<Settings>) -> Pool {
    drop(settings);
    Pool
}

#[container]
struct App {
    accounts: Arc<Accounts>,
    reports: Arc<Reports>,
    #[bind(SystemClock)]
    clock: Arc<dyn Clock>,
    #[bind(SystemClock)]
    clocks: Vec<Arc<dyn Clock>>,
    #[factory(connect)]
    pool: Pool,
    #[factory(connect)]
    #[qualifier(Replica)]
    replica: Pool,
    #[input]
    name: &'static str,
    #[input]
    settings: Arc<Settings>,
}

#[test]
fn the_vertices_are_the_fields_and_then_the_transient_components() {
    let view = App::graph().view();
    let ids: Vec<_> = view.vertices().iter().map(|vertex| vertex.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "accounts",
            "reports",
            "clock",
            "clocks",
            "pool",
            "replica",
            "name",
            "settings",
            "system_clock",
            "Users"
        ],
    );
    let layers: Vec<_> = view.vertices().iter().map(|vertex| vertex.layer).collect();
    assert_eq!(
        layers,
        [
            Some("Service"),
            Some("Repository"),
            Some("Service"),
            Some("Service"),
            Some("Infrastructure"),
            Some("Infrastructure"),
            None,
            Some("Common"),
            Some("Service"),
            Some("Repository"),
        ],
    );
    let accounts = &view.vertices()[0];
    assert_eq!(accounts.recipe, Some(Recipe::Component));
    assert_eq!(accounts.location.file, file!());
    assert_eq!(view.vertices()[4].recipe, Some(Recipe::Factory("connect")));
    assert_eq!(view.vertices()[5].qualifier, Some("Replica"));
    assert_eq!(view.vertices()[9].recipe, None);
}

#[test]
fn an_exception_is_an_edge_with_its_reason() {
    let view = App::graph().view();
    let exceptions: Vec<_> =
        view.edges().iter().filter(|edge| matches!(edge.kind, EdgeKind::Excepted { .. })).collect();
    let [exception] = exceptions[..] else { panic!("one exception: {exceptions:?}") };
    assert_eq!((exception.from.as_str(), exception.to.as_str()), ("reports", "clock"));
    assert_eq!(exception.kind, EdgeKind::Excepted { reason: "numbers \"as of\" <now>" });
}

#[test]
fn components_that_only_handlers_take_can_be_added() {
    let view = App::graph()
        .with::<other::Accounts>()
        .with::<Generic<Users>>()
        .with::<Generic<Arc<Reports>>>()
        .with::<Generic<Users>>()
        .view();
    let added: Vec<_> = view.vertices()[10..].iter().map(|vertex| vertex.id.as_str()).collect();
    assert_eq!(added, ["Accounts", "Generic", "Generic_2"]);
}

#[test]
fn the_part_around_a_vertex_has_its_dependencies_and_its_dependents() {
    let part = |ids: &[&str], depth| {
        let view = App::graph().view().around(ids, depth);
        let edges = view.edges().iter().map(|edge| format!("{} {}", edge.from, edge.to));
        (
            view.vertices().iter().map(|vertex| vertex.id.clone()).collect::<Vec<_>>().join(" "),
            edges.collect::<Vec<_>>().join(", "),
        )
    };
    assert_eq!(
        part(&["reports"], 1),
        ("accounts reports clock replica".into(), "accounts reports, reports replica, reports clock".into()),
    );
    // Without `name`, which only `accounts` needs.
    assert_eq!(
        part(&["replica"], usize::MAX),
        (
            "accounts reports replica settings".into(),
            "accounts reports, reports replica, replica settings".into()
        ),
    );
    assert_eq!(part(&["replica"], 0), ("replica".into(), String::new()));
    assert_eq!(part(&["nothing"], 9), (String::new(), String::new()));
    assert_eq!(App::graph().view().around(&["pool"], 1).start_order(), ["settings", "pool"]);
}

#[test]
fn paths_of_files_are_relative_to_the_given_folder() {
    let view = App::graph().view().seen_from("tests/behavior/container");
    assert_eq!(view.location().file, "graph.rs");
    assert!(view.vertices().iter().all(|vertex| vertex.location.file == "graph.rs"));
    let elsewhere = App::graph().view().seen_from("test");
    assert_eq!(elsewhere.location().file, file!());
}

/// Compares a picture with the accepted one. `INJECT_BLESS=1` accepts it.
fn assert_picture(name: &str, picture: &str) {
    let path = format!("{}/behavior/container/pictures/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("INJECT_BLESS").is_some() {
        std::fs::write(&path, picture).expect("the pictures are writable");
    }
    let accepted = std::fs::read_to_string(&path).expect("the picture is accepted");
    assert_eq!(picture, accepted, "{path}");
}

#[test]
fn the_graph_is_drawn_as_mermaid() {
    assert_picture("app.mmd", &App::graph().to_mermaid());
}

#[container]
struct Odd {
    #[input]
    end: Arc<Settings>,
    #[factory(connect)]
    pool: Pool,
}

#[test]
fn an_id_that_is_a_keyword_of_mermaid_is_replaced() {
    let mermaid = Odd::graph().to_mermaid();
    assert!(mermaid.contains("vertex_0(\"Arc&lt;Settings&gt;"), "{mermaid}");
    assert!(mermaid.contains("  pool --> vertex_0\n"), "{mermaid}");
}

#[test]
fn the_graph_is_drawn_as_dot() {
    assert_picture("app.dot", &App::graph().to_dot());
}

#[test]
fn the_graph_is_written_as_json() {
    let json = App::graph().to_json();
    assert_picture("app.json", &json);
    let parsed: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    assert_eq!(parsed["start_order"][0], "settings");
    assert_eq!(parsed["vertices"].as_array().map(Vec::len), Some(10));
}
