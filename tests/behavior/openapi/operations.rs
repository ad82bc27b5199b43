//! Paths, names and descriptions of operations.

use axum::{Router, routing};
use inject_runtime::{Routes, container, get, post, route, routes};
use serde_json::{Value, json};

use super::support::{document, keys, only, operation};

#[container]
struct App {}

mod books {
    use inject_runtime::get;

    /// Shows
    /// a book.
    ///
    /// All of it, with
    /// its cover.
    ///
    /// # Errors
    ///
    /// There is none.
    ///
    /// # Limits
    ///
    /// Ten a minute.
    #[get("/books/{id}", public)]
    pub(super) async fn show() {}
}

mod authors {
    pub(super) mod admin {
        use inject_runtime::get;

        #[get("/admin/authors", public)]
        pub(crate) async fn show() {}
    }

    pub(super) mod shop {
        pub(crate) mod admin {
            use inject_runtime::get;

            #[get("/shop/authors", public)]
            pub(crate) async fn show() {}
        }
    }
}

#[post("/", public)]
#[deprecated(note = "use another")]
async fn old() {}

#[get("/files/{*rest}", public)]
async fn file() {}

#[get("/internal", public, hidden)]
async fn internal() {}

#[route(CONNECT, "/tunnel", public)]
async fn tunnel() {}

#[doc = include_str!("prose.md")]
#[get("/included", public)]
async fn included() {}

fn all() -> Routes<App> {
    routes![
        books::show,
        authors::admin::show,
        authors::shop::admin::show,
        old,
        file,
        internal,
        tunnel,
        included
    ]
}

fn one(routes: impl FnOnce() -> Routes<App>) -> Value {
    only(&routes())
}

#[test]
fn a_path_has_the_prefixes_of_its_routes() {
    let routes = Routes::new().nest("/api", Routes::new().nest("/v1", all()).merge(all().nest("/v2", all())));
    let document = document(&routes);
    let paths = keys(&document["paths"]);
    assert!(paths.contains(&"/api/v1/books/{id}"), "{paths:?}");
    assert!(paths.contains(&"/api/v2/books/{id}"), "{paths:?}");
    assert!(paths.contains(&"/api/v1"), "{paths:?}");
}

#[test]
fn several_methods_share_a_path() {
    #[get("/", public)]
    async fn new() {}

    fn both() -> Routes<App> {
        routes![old, new]
    }
    assert_eq!(keys(&document(&both())["paths"]["/"]), ["get", "post"]);
}

#[test]
fn the_rest_of_a_path_is_a_parameter() {
    let file = operation(&all(), "get", "/files/{rest}");
    assert_eq!(file["parameters"][0]["name"], "rest");
}

#[test]
fn hidden_plain_and_connect_routes_are_not_in_the_document() {
    let plain: Router<std::sync::Arc<App>> = Router::new().route("/plain", routing::get(|| async {}));
    let document = document(&all().merge(plain));
    for path in ["/internal", "/tunnel", "/plain"] {
        assert!(!keys(&document["paths"]).contains(&path), "{path}");
    }
}

#[test]
fn the_doc_comment_becomes_summary_and_description() {
    fn routes() -> Routes<App> {
        routes![books::show]
    }
    let show = one(routes);
    assert_eq!(show["summary"], "Shows a book.");
    assert_eq!(show["description"], "All of it, with\nits cover.\n\n# Limits\n\nTen a minute.");
    assert_eq!(show["deprecated"], Value::Null);
    assert_eq!(show["tags"], json!(["books"]));
}

#[test]
fn a_doc_comment_may_be_in_a_file() {
    let included = operation(&all(), "get", "/included");
    assert_eq!(included["summary"], "In a file.");
    assert_eq!(included["description"], "And more.");
}

#[test]
fn an_operation_without_a_doc_comment_has_no_summary_and_no_description() {
    let old = operation(&all(), "post", "/");
    assert_eq!((&old["summary"], &old["description"]), (&Value::Null, &Value::Null));
    assert_eq!(old["deprecated"], true);
}

#[test]
fn an_operation_id_is_the_name_of_the_function_with_as_many_modules_as_it_takes() {
    let document = document(&all());
    let id = |path: &str| document["paths"][path]["get"]["operationId"].as_str().expect("an id").to_owned();
    assert_eq!(id("/files/{rest}"), "file");
    assert_eq!(id("/books/{id}"), "books_show");
    assert_eq!(id("/admin/authors"), "authors_admin_show");
    assert_eq!(id("/shop/authors"), "shop_admin_show");
}

#[test]
fn an_endpoint_that_is_mounted_twice_has_two_ids() {
    fn file_routes() -> Routes<App> {
        routes![file]
    }
    let routes = Routes::new().nest("/a", file_routes()).nest("/b", file_routes());
    let document = document(&routes);
    let paths = &document["paths"];
    assert_eq!(paths["/a/files/{rest}"]["get"]["operationId"], "a_file");
    assert_eq!(paths["/b/files/{rest}"]["get"]["operationId"], "b_file");
}

#[test]
fn the_ids_of_versions_name_the_version() {
    fn file_routes() -> Routes<App> {
        routes![file]
    }
    let api = file_routes().nest("/v1", file_routes()).nest("/v2", file_routes());
    let document = document(&Routes::new().nest("/api", api));
    let paths = &document["paths"];
    assert_eq!(paths["/api/files/{rest}"]["get"]["operationId"], "file");
    assert_eq!(paths["/api/v1/files/{rest}"]["get"]["operationId"], "v1_file");
    assert_eq!(paths["/api/v2/files/{rest}"]["get"]["operationId"], "v2_file");
}

#[test]
fn ids_that_clients_could_take_for_one_another_are_qualified() {
    mod snake {
        #[inject_runtime::get("/snake", public)]
        pub(super) async fn show_all() {}
    }
    #[allow(non_snake_case)]
    mod camel {
        #[inject_runtime::get("/camel", public)]
        pub(super) async fn showAll() {}
    }
    mod show {
        #[inject_runtime::get("/joined", public)]
        pub(super) async fn all() {}
    }
    mod other {
        #[inject_runtime::get("/other", public)]
        pub(super) async fn all() {}
    }
    fn routes() -> Routes<App> {
        routes![snake::show_all, camel::showAll, show::all, other::all]
    }
    let document = document(&routes());
    let id = |path: &str| document["paths"][path]["get"]["operationId"].as_str().expect("an id").to_owned();
    assert_eq!(id("/snake"), "snake_show_all");
    assert_eq!(id("/camel"), "camel_showAll");
    assert_eq!(id("/other"), "other_all");
    // Its short name with a module would be `show_all`, which is taken by none.
    assert_eq!(id("/joined"), "show_all");
}

#[test]
fn functions_of_one_name_in_one_module_are_numbered() {
    mod first {
        pub(super) fn routes() -> inject_runtime::Routes<super::App> {
            #[inject_runtime::get("/first", public)]
            async fn local() {}

            inject_runtime::routes![local]
        }
    }
    fn second() -> Routes<App> {
        #[inject_runtime::get("/second", public)]
        async fn local() {}

        #[inject_runtime::get("/third", public)]
        async fn local_2() {}

        {
            #[inject_runtime::get("/fourth", public)]
            async fn local() {}

            fn inner() -> Routes<App> {
                routes![local]
            }
            inner()
        }
        .merge({
            fn inner() -> Routes<App> {
                routes![local, local_2]
            }
            inner()
        })
    }
    document(&first::routes().merge(second()));
}
