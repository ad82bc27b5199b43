//! Routes as data: the route table and the graph; and how they are assembled.

mod assembly;
mod overlaps;
mod path_parameters;

use std::{
    any::type_name,
    panic::{AssertUnwindSafe, catch_unwind},
};

use axum::{Router, routing};
use inject_runtime::{
    __private::{NodeOf, NotProvided as _},
    Authorized, Inject, PlainRouterSource, RouteTable, Routes, get, inject, routes, service,
};

use crate::{
    access::roles::{Level, User, levels, plain_guarded, proof},
    support::{App, Log, app, database::Store},
    teardown::{
        body::{failed_export, stream_it},
        transaction::{Checkout, checkout},
    },
};

/// Returns the message with which `assemble` is refused.
fn refused<T>(assemble: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(assemble)) else { panic!("nothing is refused") };
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).expect("a message").to_owned()
}

/// Returns the message with which `routes` are refused when their router is built.
async fn refused_router(routes: Routes<App>) -> String {
    let app = app(&Log::default()).await;
    refused(|| routes.into_router(app))
}

/// Returns a line of this file as a place: `file:line`.
macro_rules! at {
    ($line:expr) => {
        format!("{}:{}", file!(), $line)
    };
}
use at;

fn guarded() -> Routes<Store> {
    routes![proof].merge(Router::new().route("/plain", routing::get(plain_guarded)))
}

#[test]
fn the_table_shows_every_endpoint() {
    let exports: Routes<Store> = routes![stream_it, failed_export];
    let guarded = routes![proof].guard::<User>().require_role([Level::Owner]);
    let routes = Routes::new().nest("/api", guarded).nest("/api/v2", exports).merge(routes![checkout]);
    let expected = "\
METHOD  PATH              HANDLER        GUARDS        POLICY  INJECTS
GET     /api/proof        proof          Owner + User  Writer  User, Authorized<(levels::Owner, levels::Writer)>
GET     /api/v2/export    stream_it                    public  Export
GET     /api/v2/failed    failed_export                public  Export
POST    /checkout/{item}  checkout                     public  ReadTx<Sqlite>, Checkout, Tx<Sqlite>, Log
";
    assert_eq!(routes.table().to_string(), expected);
}

/// Returns the rows of the table, with ` | ` between the columns.
fn rows(table: &RouteTable) -> Vec<String> {
    let row = |line: &str| {
        let cells: Vec<_> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        cells.join(" | ")
    };
    table.to_string().lines().skip(1).map(row).collect()
}

#[test]
fn the_table_has_the_guards_of_every_level_outermost_first() {
    let inner = routes![proof].guard::<User>().require_role([Level::Owner, Level::Writer]);
    let routes = Routes::<Store>::new().nest("/api", inner).guard::<Authorized<levels::Reader>>();
    assert_eq!(
        rows(&routes.table()),
        ["GET | /api/proof | proof | Authorized<Reader> + Owner | Writer + User | Writer | User, \
          Authorized<(levels::Owner, levels::Writer)>"]
    );
    let guards: Vec<_> =
        routes.table().rows()[0].guards.iter().map(|guard| !guard.checks.is_empty()).collect();
    assert_eq!(guards, [false, true, false]);
}

#[test]
fn the_table_has_a_row_for_each_router_whose_routes_are_not_known() {
    use PlainRouterSource::{Mapped, Merged};
    let place = line!() + 1;
    let mapped = guarded().map_router(|router: Router| router.route("/more", routing::get(async || ())));
    let routes = Routes::<Store>::new()
        .nest("/api", mapped)
        .require_role([Level::Owner])
        .merge(Router::new().route("/other", routing::get(async || ())))
        .map_router(|router| router);
    let routers = routes.table().plain_routers().to_vec();
    let paths: Vec<_> = routers.iter().map(|router| (&*router.path, router.source)).collect();
    assert_eq!(paths, [("/api/*", Merged), ("/api/*", Mapped), ("/*", Merged), ("/*", Mapped)]);
    let guards: Vec<_> = routers.iter().map(|router| router.guards.len()).collect();
    assert_eq!(guards, [1, 0, 0, 0], "guards do not apply to what `map_router` adds");
    assert_eq!(routers[1].location.expect("a place").to_string(), at!(place));
    let lines = rows(&routes.table());
    assert_eq!(lines[2], format!("? | /api/* | map_router ({}) | not known", at!(place)));
    assert!(
        lines[1].starts_with("? | /api/* | axum::Router (") && lines[1].ends_with(") | Owner | not known")
    );

    let json: serde_json::Value = serde_json::from_str(&routes.table().to_json()).expect("JSON");
    let expected = serde_json::json!({
        "path": "/api/*",
        "source": "mapped",
        "guards": [],
        "arounds": [],
        "checks": [],
        "declared_at": at!(place),
    });
    assert_eq!(json["plain_routers"][1], expected);
    assert_eq!(json["plain_routers"][0]["checks"].as_array().expect("checks").len(), 1);
}

#[test]
fn the_table_as_json_has_the_roles_that_each_check_accepts() {
    let routes = Routes::<Store>::new().nest("/api", guarded().require_role([Level::Owner]));
    let json: serde_json::Value = serde_json::from_str(&routes.table().to_json()).expect("JSON");
    let path = |roles: &[&str]| -> Vec<String> {
        roles.iter().map(|role| format!("{}::{role}", type_name::<Level>())).collect()
    };
    assert_eq!(json["roles"], serde_json::json!(path(&["Owner", "Writer", "Reader"])));
    assert_eq!(json["plain_routers"][0]["path"], "/api/*");
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

#[test]
fn guards_are_edges_of_the_graph() {
    #[derive(Clone)]
    struct Guarding;

    #[inject]
    fn guarding(_: Inject<Greeter>) -> Guarding {
        Guarding
    }

    #[get("/", public)]
    async fn behind() {}

    fn all() -> Routes<Store> {
        routes![behind]
    }
    let view = all().guard::<Guarding>().require_role([Level::Owner]).graph().view();
    let edges: Vec<_> = view.edges().iter().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
    assert_eq!(edges, [("user", "log"), ("behind", "user"), ("guarding", "Greeter"), ("behind", "guarding")]);
}
