//! Path parameters: an endpoint, its providers and its guards read what the full path has.

use std::collections::HashMap;

use axum::{
    extract::{Path, rejection::PathRejection},
    http::StatusCode,
};
use inject_runtime::{Routes, common, get, inject, routes};
use serde::Deserialize;

use super::refused_router;
use crate::support::{App, get, routed};

/// Declares endpoints without a body: name, path and parameter.
macro_rules! endpoints {
    ($($name:ident $path:literal $ty:ty;)*) => {$(
        #[get($path, public)]
        async fn $name(_: $ty) {}
    )*};
}

type Alias<T> = Path<T>;

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "shop")]
    _shop: u32,
    #[serde(rename = "item")]
    _item: String,
}

#[derive(Deserialize)]
struct Lenient {
    #[serde(rename = "item", alias = "id")]
    _item: Day,
    #[serde(rename = "page")]
    _page: Option<u32>,
    #[serde(default, rename = "size")]
    _size: u32,
}

#[derive(Deserialize)]
struct Shop {
    #[serde(rename = "shop")]
    _shop: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[serde(rename = "shop")]
    _shop: u32,
}

#[derive(Deserialize)]
struct Flat {
    #[serde(flatten)]
    _shop: Shop,
}

#[derive(Deserialize)]
struct Id(#[allow(dead_code)] u32);

#[derive(Deserialize)]
enum Kind {
    #[serde(rename = "new")]
    _New,
}

/// Text that only a date converts to.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Day;

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text.len() == 10 && text.matches('-').count() == 2 { Ok(Self) } else { Err("not a date") }
    }
}

/// Text that no sample converts to.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Secret;

impl TryFrom<String> for Secret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text == "sesame" { Ok(Self) } else { Err("wrong") }
    }
}

#[derive(Deserialize)]
struct Unknowable {
    #[serde(rename = "shop")]
    _shop: Secret,
    #[serde(rename = "missing")]
    _missing: u32,
}

#[derive(Deserialize)]
struct Panicking {
    #[serde(rename = "shop", deserialize_with = "panics")]
    _shop: u32,
    #[serde(rename = "missing")]
    _missing: u32,
}

fn panics<'de, D: serde::Deserializer<'de>>(_: D) -> Result<u32, D::Error> {
    panic!("not with a sample")
}

endpoints! {
    one "/{id}" Path<u32>;
    one_text "/text" Path<String>;
    one_id "/newtype" Path<Id>;
    one_kind "/enum" Path<Kind>;
    two "/two/{item}" Path<(u32, String)>;
    two_aliased "/aliased/{item}" Alias<(u32, String)>;
    named "/named/{item}" Path<Named>;
    shop "/shop" Path<Shop>;
    shop_of_many "/many/{item}" Path<Shop>;
    strict "/strict" Path<Strict>;
    flat "/flat" Path<Flat>;
    map "/map/{item}" Path<HashMap<String, String>>;
    pairs "/pairs/{item}" Path<Vec<(String, String)>>;
    nothing "/nothing" Path<()>;
    optional "/optional" Option<Path<u32>>;
    handled "/handled/{item}" Result<Path<u32>, PathRejection>;
    lenient "/lenient/{item}" Path<Lenient>;
    lenient_alias "/lenient-alias/{id}" Path<Lenient>;
    unknowable "/unknowable" Path<Unknowable>;
    panicking "/panicking" Path<Panicking>;
    rest "/rest/{*path}" Path<(u32, String)>;
}

fn under(prefix: &str, routes: Routes<App>) -> Routes<App> {
    Routes::new().nest(prefix, routes)
}

#[tokio::test]
async fn types_that_can_be_read_from_the_full_path_are_accepted() {
    let of_shop: Routes<App> = routes![
        one_text,
        one_id,
        one_kind,
        two,
        two_aliased,
        named,
        shop,
        shop_of_many,
        strict,
        flat,
        map,
        pairs,
        nothing,
        optional,
        handled,
        lenient,
        lenient_alias,
        unknowable,
        panicking,
        rest
    ];
    let (router, _) = routed(under("/shops/{shop}", of_shop).merge(routes![one, optional])).await;
    let accepted = [
        "/1",
        "/optional",
        "/shops/1/text",
        "/shops/1/newtype",
        "/shops/new/enum",
        "/shops/1/two/a",
        "/shops/1/aliased/a",
        "/shops/1/named/a",
        "/shops/1/shop",
        "/shops/1/many/a",
        "/shops/1/strict",
        "/shops/1/map/a",
        "/shops/1/pairs/a",
        "/shops/1/nothing",
        "/shops/1/optional",
        "/shops/1/handled/a",
        "/shops/1/lenient/2020-01-01",
        "/shops/1/lenient-alias/2020-01-01",
        "/shops/1/rest/a/b",
    ];
    for path in accepted {
        assert_eq!(get(&router, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn types_that_cannot_be_read_from_the_full_path_are_refused() {
    let cases: [(&str, Routes<App>, &str); 13] = [
        ("/a", routes![one_text], "`Path<String>` takes one path parameter, and \"/a/text\" has none"),
        (
            "/shops/{shop}",
            routes![one],
            "`Path<u32>` takes one path parameter, and \"/shops/{shop}/{id}\" has 2: `shop`, `id`",
        ),
        ("/{a}/{b}", routes![one_id], "`Path<Id>` takes one path parameter"),
        ("/{a}/{b}", routes![one_kind], "`Path<Kind>` takes one path parameter"),
        (
            "/a",
            routes![two],
            "`Path<(u32, String)>` takes 2 path parameters, and \"/a/two/{item}\" has `item`",
        ),
        ("/a", routes![two_aliased], "`Alias<(u32, String)>` takes 2 path parameters"),
        ("/{a}/{b}", routes![rest], "`Path<(u32, String)>` takes 2 path parameters, and"),
        (
            "/{other}",
            routes![named],
            "`Path<Named>` takes the path parameter `shop`, and \"/{other}/named/{item}\" has 2: `other`, `item`",
        ),
        ("/a", routes![shop], "`Path<Shop>` takes the path parameter `shop`, and \"/a/shop\" has none"),
        ("/{shop}/{more}", routes![strict], "`Path<Strict>` does not take the path parameter `more` of"),
        ("/{other}", routes![flat], "`Path<Flat>` takes the path parameter `shop`"),
        ("/{a}/{b}", routes![optional], "`Option<Path<u32>>` takes one path parameter, and"),
        ("/{item}", routes![lenient], "`{item}` is given twice: rename one"),
    ];
    for (prefix, routes, expected) in cases {
        let message = refused_router(under(prefix, routes)).await;
        assert!(message.starts_with(expected), "{prefix}: {message}");
    }
}

#[tokio::test]
async fn a_refusal_has_the_places_of_the_endpoint_and_of_each_prefix() {
    let message = refused_router(under("/a/{x}", under("/b/{y}", routes![one]))).await;
    assert_eq!(message.lines().count(), 4, "{message}");
    let lines: Vec<_> = message.lines().skip(1).map(str::trim).collect();
    assert!(
        lines[0].starts_with("endpoint `one`, \"/{id}\", at ") && lines[0].contains(file!()),
        "{message}"
    );
    let written = |prefix: &str| format!("prefix {prefix:?} at ");
    assert!(
        lines[1].starts_with(&written("/a/{x}")) && lines[2].starts_with(&written("/b/{y}")),
        "{message}"
    );

    let message = refused_router(Routes::new().nest("/{id}", routes![one])).await;
    let expected = "`{id}` is given twice: rename one [inject/endpoint]\n  prefix \"/{id}\" at ";
    assert!(message.starts_with(expected) && message.contains(file!()), "{message}");
    assert!(message.contains("\n  endpoint `one`, \"/{id}\", at "), "{message}");
    // Two prefixes are one mistake, however many endpoints are below.
    let message = refused_router(under("/{a}", under("/{a}", routes![one, shop]))).await;
    assert_eq!(message.matches("is given twice").count(), 1, "{message}");
}

/// The shop that the path names.
#[derive(Clone)]
struct CurrentShop;

#[inject]
fn current_shop(Path(_): Path<u32>) -> CurrentShop {
    CurrentShop
}

/// Takes the shop through another provider.
#[derive(Clone)]
struct Catalog;

#[inject]
fn catalog(_: CurrentShop) -> Catalog {
    Catalog
}

#[common(scope = request)]
struct Basket {
    _shop: CurrentShop,
}

#[get("/catalog", public)]
async fn list(_: Catalog) {}

#[get("/catalog/{item}", public)]
async fn show(_: Catalog) {}

#[get("/basket/{item}", public)]
async fn basket(_: Basket) {}

#[get("/maybe/{item}", public)]
async fn maybe(_: Option<CurrentShop>) {}

#[get("/result/{item}", public)]
async fn result(_: Result<CurrentShop, axum::response::Response>) {}

#[get("/hours", public)]
async fn hours() {}

#[get("/free/{item}", public)]
async fn free() {}

#[tokio::test]
async fn a_provider_at_a_path_of_other_parameters_is_refused_at_any_depth() {
    let (router, _) = routed(under("/shops/{shop}", routes![list, result])).await;
    assert_eq!(get(&router, "/shops/1/catalog").await.status, StatusCode::OK);
    assert_eq!(get(&router, "/shops/1/result/1").await.status, StatusCode::OK, "it handles the rejection");
    for (routes, name) in [(routes![show], "show"), (routes![basket], "basket"), (routes![maybe], "maybe")] {
        let message = refused_router(under("/shops/{shop}", routes)).await;
        assert!(message.starts_with("`Path<u32>` takes one path parameter"), "{message}");
        assert!(message.contains("\n  provider `current_shop` at ") && message.contains(name), "{message}");
    }
}

#[tokio::test]
async fn a_guard_at_a_path_of_other_parameters_is_refused() {
    let routes: Routes<App> = routes![hours, free];
    let message = refused_router(under("/shops/{shop}", routes.guard::<CurrentShop>())).await;
    assert!(
        message.contains("\n  provider `current_shop` at ") && message.contains("endpoint `free`"),
        "{message}"
    );
    assert!(!message.contains("endpoint `hours`"), "{message}");
}
