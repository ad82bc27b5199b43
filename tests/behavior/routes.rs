//! Routes as data: the route table, the graph, and conflicts between routes.

use std::{any::type_name, panic::AssertUnwindSafe};

use axum::{Router, routing};
use inject_runtime::{
    __private::{NodeOf, NotProvided as _},
    Inject, Routes, get, inject, routes, service,
};

use crate::{
    access::roles::{Level, plain_guarded, proof},
    support::{Log, app, database::Store},
    teardown::{
        body::{failed_export, stream_it},
        transaction::{Checkout, checkout},
    },
};

fn guarded() -> Routes<Store> {
    routes![proof].merge(Router::new().route("/plain", routing::get(plain_guarded)))
}

#[test]
fn the_table_shows_every_endpoint() {
    let exports: Routes<Store> = routes![stream_it, failed_export];
    let routes = Routes::new().nest("/api", guarded()).nest("/api/v2", exports).merge(routes![checkout]);
    let expected = "\
METHOD  PATH              HANDLER        POLICY  INJECTS
GET     /api/proof        proof          Writer  User, Authorized<(levels::Owner, levels::Writer)>
GET     /api/v2/export    stream_it      public  Export
GET     /api/v2/failed    failed_export  public  Export
POST    /checkout/{item}  checkout       public  ReadTx<Sqlite>, Checkout, Tx<Sqlite>, Log
";
    assert_eq!(routes.table().to_string(), expected);
}

#[test]
fn the_table_as_json_has_the_roles_that_each_check_accepts() {
    let routes = Routes::<Store>::new().nest("/api", guarded().require_role([Level::Owner]));
    let json: serde_json::Value = serde_json::from_str(&routes.table().to_json()).expect("JSON");
    let path = |roles: &[&str]| -> Vec<String> {
        roles.iter().map(|role| format!("{}::{role}", type_name::<Level>())).collect()
    };
    assert_eq!(json["roles"], serde_json::json!(path(&["Owner", "Writer", "Reader"])));
    assert_eq!(json["plain_routers"], serde_json::json!(["/api/"]));
    let [row] = &json["routes"].as_array().expect("routes")[..] else { panic!("one route: {json}") };
    assert_eq!(row["path"], "/api/proof");
    assert_eq!(row["policy"], serde_json::json!({ "kind": "role", "role": "Level", "any_of": ["Writer"] }));
    let checks = row["checks"].as_array().expect("checks");
    let granted: Vec<_> = checks.iter().map(|check| &check["granted_to"]).collect();
    let expected: [&[&str]; 3] = [&["Owner"], &["Writer", "Owner"], &["Owner", "Writer"]];
    assert_eq!(granted, expected.map(|roles| serde_json::json!(path(roles))).each_ref());
}

/// Transient component that only a provider takes.
#[service]
struct Greeter {
    _log: Log,
}

#[derive(Clone)]
struct Greeting;

#[inject]
fn salute(Inject(_): Inject<Greeter>) -> Greeting {
    Greeting
}

#[get("/salute", public)]
async fn saluted(_: Greeting) {}

#[test]
fn the_graph_has_the_dependencies_of_a_component_that_only_a_provider_takes_if_its_node_is_known() {
    fn all() -> Routes<Store> {
        routes![saluted]
    }
    let unknown = all().graph().view();
    let greeter = unknown.vertices().iter().find(|vertex| vertex.id == "Greeter").expect("a vertex");
    assert!(!greeter.is_resolved);

    let nodes =
        [NodeOf::<Greeter, Store>::NODE, NodeOf::<String, Store>::NODE, NodeOf::<Checkout, Store>::NODE];
    let known = all().graph().with_nodes(nodes).view();
    assert!(known.vertices().iter().all(|vertex| vertex.is_resolved));
    let edges: Vec<_> = known.edges().iter().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
    assert_eq!(edges, [("Greeter", "log"), ("salute", "Greeter"), ("saluted", "salute")]);
    let endpoint = known.vertices().iter().find(|vertex| vertex.id == "saluted").expect("a vertex");
    assert_eq!(endpoint.route.as_deref(), Some("GET /salute"));
}

#[test]
fn a_principal_that_is_also_a_parameter_is_one_edge_of_the_graph() {
    let view = guarded().graph().view();
    let edges: Vec<_> = view.edges().iter().filter(|edge| edge.from == "proof").collect();
    let names: Vec<_> = edges.iter().map(|edge| (edge.to.as_str(), edge.name)).collect();
    assert_eq!(names, [("user", Some("user")), ("user", Some("proof"))]);
}

#[tokio::test]
async fn two_routes_of_one_method_and_path_are_refused_by_name() {
    let app = app(&Log::default()).await;
    let twice = routes![stream_it].merge(routes![stream_it]);
    let panic = std::panic::catch_unwind(AssertUnwindSafe(|| twice.into_router(app))).unwrap_err();
    let message = panic.downcast_ref::<String>().expect("a message");
    assert!(message.contains("`stream_it`") && message.ends_with("both answer GET /export"), "{message}");
}
