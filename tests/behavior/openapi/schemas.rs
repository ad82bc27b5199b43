//! Names of schemas, and types that contain themselves.

use std::collections::HashMap;

use axum::Json;
use inject_runtime::{Routes, container, get, routes};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::support::{document, keys};

#[container]
struct App {}

mod shop {
    use super::*;

    #[derive(Serialize, ToSchema)]
    pub(super) struct Item {
        price: u32,
    }

    #[derive(Serialize, ToSchema)]
    pub(super) struct Order {
        pub(super) items: Vec<Item>,
    }
}

mod library {
    use super::*;

    #[derive(Serialize, ToSchema)]
    pub(super) struct Item {
        title: String,
    }

    #[derive(Serialize, ToSchema)]
    pub(super) struct Order {
        pub(super) items: Vec<Item>,
    }
}

/// The same properties as those of the items of the shop.
mod market {
    use super::*;

    #[derive(Serialize, ToSchema)]
    pub(super) struct Item {
        price: u32,
    }
}

#[derive(Serialize, ToSchema)]
struct Page<T> {
    items: Vec<T>,
}

/// Declares endpoints that return these types.
macro_rules! returns {
    ($($name:ident $path:literal $ty:ty;)*) => {
        $(
            #[get($path, public)]
            async fn $name() -> Result<Json<$ty>, std::convert::Infallible> {
                std::future::pending().await
            }
        )*
    };
}

fn reference(document: &Value, path: &str) -> String {
    let schema = &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    schema["$ref"].as_str().unwrap_or_else(|| panic!("{path}: {schema}")).to_owned()
}

fn schema<'d>(document: &'d Value, reference: &str) -> &'d Value {
    document.pointer(reference.trim_start_matches('#')).expect("a schema")
}

#[test]
fn two_types_of_one_name_are_two_schemas() {
    returns! {
        a "/a" shop::Item;
        b "/b" library::Item;
        c "/c" market::Item;
    }
    fn routes() -> Routes<App> {
        routes![a, b, c]
    }
    let document = document(&routes());
    assert_eq!(keys(&document["components"]["schemas"]), ["library.Item", "market.Item", "shop.Item"]);
    let properties =
        |path: &str| keys(&schema(&document, &reference(&document, path))["properties"])[0].to_owned();
    assert_eq!([properties("/a"), properties("/b"), properties("/c")], ["price", "title", "price"]);
    assert!(routes().openapi().undescribed().is_empty());
}

#[test]
fn a_name_is_short_where_it_is_unique() {
    returns! { a "/a" shop::Order; }
    fn routes() -> Routes<App> {
        routes![a]
    }
    assert_eq!(keys(&document(&routes())["components"]["schemas"]), ["Item", "Order"]);
}

#[test]
fn nested_types_are_told_apart_by_their_owners() {
    returns! {
        a "/a" shop::Order;
        b "/b" library::Order;
    }
    fn routes() -> Routes<App> {
        routes![a, b]
    }
    let document = document(&routes());
    for (path, order, property) in [("/a", "shop.Order", "price"), ("/b", "library.Order", "title")] {
        let found = reference(&document, path);
        assert_eq!(found, format!("#/components/schemas/{order}"));
        let item =
            schema(&document, &found)["properties"]["items"]["items"]["$ref"].as_str().expect("a reference");
        assert_eq!(keys(&schema(&document, item)["properties"]), [property]);
    }
    assert!(routes().openapi().undescribed().is_empty());
}

#[test]
fn a_nested_type_is_the_schema_of_the_type_that_is_used_elsewhere() {
    returns! {
        a "/a" shop::Order;
        b "/b" shop::Item;
        c "/c" library::Item;
    }
    fn routes() -> Routes<App> {
        routes![a, b, c]
    }
    let document = document(&routes());
    assert_eq!(keys(&document["components"]["schemas"]), ["Order", "library.Item", "shop.Item"]);
    assert_eq!(
        document["components"]["schemas"]["Order"]["properties"]["items"]["items"],
        json!({ "$ref": "#/components/schemas/shop.Item" })
    );
}

#[test]
fn generic_types_are_told_apart_by_their_arguments() {
    returns! {
        a "/a" Page<shop::Item>;
        b "/b" Page<library::Item>;
        c "/c" Vec<shop::Item>;
        d "/d" HashMap<String, library::Item>;
    }
    fn routes() -> Routes<App> {
        routes![a, b, c, d]
    }
    let document = document(&routes());
    assert_eq!(
        keys(&document["components"]["schemas"]),
        ["Page_library.Item", "Page_shop.Item", "library.Item", "shop.Item"]
    );
    let items = |name: &str| document["components"]["schemas"][name]["properties"]["items"]["items"].clone();
    assert_eq!(items("Page_shop.Item"), json!({ "$ref": "#/components/schemas/shop.Item" }));
    assert_eq!(items("Page_library.Item"), json!({ "$ref": "#/components/schemas/library.Item" }));
    let body = |path: &str| {
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"].clone()
    };
    assert_eq!(body("/c")["items"], json!({ "$ref": "#/components/schemas/shop.Item" }));
    assert_eq!(body("/d")["additionalProperties"], json!({ "$ref": "#/components/schemas/library.Item" }));
}

#[test]
fn an_argument_of_a_generic_type_and_a_field_of_one_name_are_reported() {
    #[derive(Serialize, ToSchema)]
    struct Lending<T> {
        of: T,
        item: library::Item,
    }
    returns! {
        a "/a" Option<Lending<shop::Item>>;
        b "/b" Option<Lending<library::Item>>;
    }
    fn routes() -> Routes<App> {
        routes![a]
    }
    fn same() -> Routes<App> {
        routes![b]
    }
    document(&routes());
    assert_eq!(routes().openapi().undescribed().len(), 1, "{}", routes().openapi().undescribed());
    document(&same());
    assert!(same().openapi().undescribed().is_empty(), "{}", same().openapi().undescribed());
}

#[test]
fn a_type_that_refers_to_two_types_of_one_name_is_reported() {
    #[derive(Serialize, ToSchema)]
    struct Both {
        bought: shop::Item,
        lent: library::Item,
    }
    returns! { a "/a" Both; }
    fn routes() -> Routes<App> {
        routes![a]
    }
    let document = document(&routes());
    let bought = &document["components"]["schemas"]["Both"]["properties"]["bought"]["anyOf"];
    assert_eq!(bought.as_array().map(Vec::len), Some(2), "{document}");
    let openapi = routes().openapi();
    let [part] = &openapi.undescribed()[..] else { panic!("{}", openapi.undescribed()) };
    assert_eq!((part.what.as_str(), &part.operations[..]), ("Item", &["GET /a".to_owned()][..]));
    assert!(part.why.contains("#[schema(as = "), "{part}");
}

#[derive(Serialize, ToSchema)]
struct Folder {
    name: String,
    folders: Vec<Folder>,
}

#[derive(Serialize, ToSchema)]
struct List {
    next: Option<Box<List>>,
}

#[derive(Serialize, ToSchema)]
struct Author {
    name: String,
}

#[derive(Serialize, ToSchema)]
struct Comment {
    author: Author,
    answers: Vec<Comment>,
}

#[derive(Serialize, ToSchema)]
struct Person {
    pets: Vec<Pet>,
}

#[derive(Serialize, ToSchema)]
struct Pet {
    owner: Option<Box<Person>>,
}

#[derive(Serialize, ToSchema)]
struct Disk {
    root: Folder,
}

#[test]
fn a_type_may_contain_itself() {
    returns! {
        a "/a" Folder;
        b "/b" List;
        c "/c" Vec<Folder>;
        d "/d" Page<Folder>;
        e "/e" Disk;
    }
    fn routes() -> Routes<App> {
        routes![a, b, c, d, e]
    }
    let document = document(&routes());
    let schemas = &document["components"]["schemas"];
    assert_eq!(keys(schemas), ["Disk", "Folder", "List", "Page_Folder"]);
    let folder = json!({ "$ref": "#/components/schemas/Folder" });
    assert_eq!(schemas["Folder"]["properties"]["folders"]["items"], folder);
    assert_eq!(schemas["Disk"]["properties"]["root"], folder);
    assert_eq!(schemas["Page_Folder"]["properties"]["items"]["items"], folder);
    assert!(routes().openapi().undescribed().is_empty(), "{}", routes().openapi().undescribed());
}

#[test]
fn types_may_contain_each_other() {
    returns! {
        a "/a" Person;
        b "/b" Pet;
    }
    fn routes() -> Routes<App> {
        routes![a, b]
    }
    assert_eq!(keys(&document(&routes())["components"]["schemas"]), ["Person", "Pet"]);
    assert!(routes().openapi().undescribed().is_empty());
}

/// Nothing but the stack can end the description of types that contain each other: at least it says what to do.
#[test]
fn an_overflow_of_the_stack_names_the_attribute() {
    #[derive(Serialize, ToSchema)]
    struct Clinic {
        people: Vec<Person>,
    }
    returns! { a "/a" Clinic; }
    fn routes() -> Routes<App> {
        routes![a]
    }
    if std::env::var_os("OVERFLOW").is_some() {
        let _ = routes().openapi();
        return;
    }
    let test = "openapi::schemas::an_overflow_of_the_stack_names_the_attribute";
    let program = std::env::current_exe().expect("a program");
    let output = std::process::Command::new(program).args(["--exact", test]).env("OVERFLOW", "1").output();
    let output = output.expect("an output");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(message.contains("Clinic` contain each other: put `#[schema(no_recursion)]`"), "{message}");
}

#[test]
fn what_a_type_that_contains_itself_refers_to_is_found_elsewhere_or_reported() {
    returns! {
        a "/a" Comment;
        b "/b" Author;
    }
    fn alone() -> Routes<App> {
        routes![a]
    }
    fn both() -> Routes<App> {
        routes![a, b]
    }
    assert_eq!(keys(&document(&both())["components"]["schemas"]), ["Author", "Comment"]);
    assert!(both().openapi().undescribed().is_empty());

    assert_eq!(keys(&document(&alone())["components"]["schemas"]), ["Comment"]);
    let openapi = alone().openapi();
    let [part] = &openapi.undescribed()[..] else { panic!("{}", openapi.undescribed()) };
    assert_eq!(part.what, "Author");
    assert!(part.why.contains("#[schema(inline)]"), "{part}");
}
