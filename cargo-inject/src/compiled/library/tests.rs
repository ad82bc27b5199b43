//! Crates in a temporary folder: which items can be named from outside, and which are chosen.

use std::fs;

use super::*;
use crate::{
    compiled::{
        choice::{Container, components, container, routes},
        error::CompiledError,
    },
    package::Selection,
};

/// Library of these files.
fn library(files: &[(&str, &str)]) -> Library {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("Cargo.toml");
    let text = "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n[dependencies]\ndi = { package = \"inject-runtime\", version = \"1\" }\n";
    fs::write(&manifest, text).unwrap();
    for (path, text) in files {
        let path = folder.path().join("src").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let selected = Selection::default().select(folder.path()).unwrap();
    Library::read(&selected.targets().unwrap()[0], selected.dependencies()).unwrap()
}

fn shown(path: Result<Vec<String>, CompiledError>) -> String {
    path.map_or_else(|error| error.to_string(), |path| path.join("::"))
}

fn container_of(files: &[(&str, &str)], wanted: Option<&str>) -> String {
    shown(container(&library(files), wanted, "shop").map(|container| container.path))
}

fn routes_of(files: &[(&str, &str)], wanted: Option<&str>) -> String {
    let container = Container { path: vec!["App".to_owned()], item: None };
    let found = routes(&library(files), wanted, &container, "shop");
    shown(found.map(|path| path.unwrap_or_else(|| vec!["none".to_owned()])))
}

const APP: &str = "#[inject_runtime::container] pub struct App {}";

#[test]
fn an_item_is_named_by_its_shortest_public_path() {
    assert_eq!(container_of(&[("lib.rs", "pub mod app;"), ("app.rs", APP)], None), "app::App");
    let exported = "mod app; pub mod prelude { pub use crate::app::App; }";
    assert_eq!(container_of(&[("lib.rs", exported), ("app.rs", APP)], None), "prelude::App");
    let both = "pub mod app; pub use app::App as Shop;";
    assert_eq!(container_of(&[("lib.rs", both), ("app.rs", APP)], None), "Shop");
    let whole = "mod app; pub use app::*;";
    assert_eq!(container_of(&[("lib.rs", whole), ("app.rs", APP)], None), "App");
    let module = "mod inner; pub use inner::app;";
    let files = [("lib.rs", module), ("inner/mod.rs", "pub mod app;"), ("inner/app.rs", APP)];
    assert_eq!(container_of(&files, None), "app::App");
}

#[test]
fn the_message_about_a_private_item_says_how_to_make_it_public() {
    let said = container_of(&[("lib.rs", "mod app;"), ("app.rs", APP)], None);
    assert!(said.starts_with("the container `app::App` ("), "{said}");
    assert!(said.contains("src/app.rs:1) cannot be named from outside of its crate: make it"), "{said}");
    assert_eq!(
        container_of(&[("lib.rs", "pub struct App;")], None),
        "`shop` has no container: no struct of its library is under `#[container]`"
    );
}

#[test]
fn one_of_several_has_to_be_selected() {
    let files = [("lib.rs", "pub mod app; pub mod admin;"), ("app.rs", APP), ("admin.rs", APP)];
    let said = container_of(&files, None);
    assert!(
        said.starts_with("`shop` has several containers: select one with `--container PATH`\n  app::App ")
    );
    for wanted in ["admin::App", "crate::admin::App", "shop::admin::App"] {
        assert_eq!(container_of(&files, Some(wanted)), "admin::App");
    }
    assert!(container_of(&files, Some("App")).starts_with("`shop` has several `App`: select one"));
    assert_eq!(
        container_of(&files, Some("admn::App")),
        "`shop` has no container `admn::App`: did you mean `admin::App`?"
    );
}

#[test]
fn the_routes_are_those_that_no_others_include() {
    let files = [
        ("lib.rs", "pub mod users; pub mod books; pub mod web;"),
        ("users.rs", "pub fn routes() -> Routes<App> { routes![a] }"),
        ("books.rs", "pub fn books() -> inject_runtime::Routes<crate::App> { routes![b] }"),
        (
            "web.rs",
            "use crate::{users, books::*}; pub fn all() -> Routes<App> { Routes::new().nest(\"/u\", users::routes()).merge(books()) }",
        ),
    ];
    assert_eq!(routes_of(&files, None), "web::all");
    assert_eq!(routes_of(&files, Some("users::routes")), "users::routes");
    let without = [("lib.rs", "pub mod users; pub mod books;"), files[1], files[2]];
    assert_eq!(routes_of(&without, None), "users::routes", "its name is `routes`");
    let (two, one) = ("pub fn one() -> Routes<App> {} pub fn two() -> Routes<App> {}", "App");
    assert!(
        routes_of(&[("lib.rs", two)], None)
            .contains("several functions for routes: select one with `--routes PATH`")
    );
    let others = format!("pub fn routes() -> Routes<Other> {{}} pub fn with(_: u8) -> Routes<{one}> {{}}");
    assert_eq!(routes_of(&[("lib.rs", &others)], None), "none");
    assert!(
        routes_of(&[("lib.rs", "fn routes() -> Routes<App> {}")], None).contains("the function `routes` (")
    );
}

#[test]
fn components_are_those_that_can_be_named() {
    let lib = "
        #[service] pub struct A { b: B }
        #[repository] struct Hidden;
        pub struct C;
        #[service(scope = request)] pub struct D;
        #[service] impl C { #[inject] fn new() -> Self { C } }
        #[service] pub struct Generic<T> { t: T }
        #[cfg(test)] #[service] pub struct Fake;
        #[cfg_attr(all(), service)] pub struct E;
        pub trait T {} #[service] impl T for Generic<u8> {}
        mod deep { use super::C as Renamed; #[service] impl super::F { } impl Renamed {} }
        pub struct F;
        pub use ring::*; mod ring { pub use super::*; }
    ";
    let names: Vec<_> = components(&library(&[("lib.rs", lib)])).iter().map(|path| path.join("::")).collect();
    assert_eq!(names, ["A", "C", "D", "E", "F"]);
}

#[test]
fn imports_are_followed_to_the_macros_and_types() {
    let lib = "
        extern crate self as shop_alias;
        use di::{self as wire, container as wiring, Routes as Table};
        pub mod own { pub use di::*; }
        #[wiring] pub struct App;
        #[wire::service] pub struct A;
        #[own::repository] pub struct B;
        #[crate::own::r#common] pub struct C;
        mod fake { pub struct Routes<T>(T); }
        pub mod local { pub use super::local_macro as service; #[service] pub struct NotOurs; }
        macro_rules! local_macro { () => {} } use local_macro;
        pub fn routes() -> Table<shop_alias::App> { use crate::inner as module; module::routes(); todo!() }
        pub mod inner { use super::App as State; pub fn routes() -> super::own::Routes<State> { todo!() } }
        pub fn others() -> fake::Routes<App> { todo!() }
    ";
    let library = library(&[("lib.rs", lib)]);
    let container = container(&library, None, "shop").unwrap();
    assert_eq!(container.path, ["App"]);
    assert_eq!(routes(&library, None, &container, "shop").unwrap().unwrap(), ["routes"]);
    let names: Vec<_> = components(&library).iter().map(|path| path.join("::")).collect();
    assert_eq!(names, ["A", "B", "C"]);
}
