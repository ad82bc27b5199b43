//! The OpenAPI document of endpoints.

use axum::{
    Json,
    extract::{Path, Query},
    response::NoContent,
};
use inject_runtime::{
    Bearer, Inject, Principal, Problem, Role, Routes, Unauthorized, container, get, inject, post,
    require_role, routes, service,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// A book.
#[derive(Serialize, ToSchema)]
struct Book {
    id: i64,
    title: String,
    kind: Kind,
}

#[derive(Serialize, Deserialize, ToSchema)]
enum Kind {
    Novel,
    Poem,
}

#[derive(Deserialize, ToSchema)]
struct NewBook {
    title: String,
    kind: Kind,
}

#[derive(Deserialize, IntoParams)]
struct Page {
    /// Which one.
    page: Option<u32>,
}

#[derive(Debug, thiserror::Error, Problem)]
enum BookError {
    /// There is no such book.
    #[error("there is no book {0}")]
    #[problem(status = 404, detail)]
    Unknown(i64),
    #[error(transparent)]
    #[problem(transparent)]
    Credentials(#[from] Unauthorized),
    #[error("later")]
    #[problem(status = 503, detail = "please try again later")]
    Busy,
}

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = User)]
enum UserRole {
    Editor,
    Reader,
}

#[derive(Clone)]
struct User;

impl Principal<UserRole> for User {
    fn has_role(&self, _: UserRole) -> bool {
        true
    }
}

#[inject]
async fn user(bearer: Bearer) -> Result<User, BookError> {
    match bearer.token() {
        "" => Err(BookError::Busy),
        _ => Ok(User),
    }
}

#[inject]
async fn page(Query(page): Query<Page>) -> Paging {
    Paging(page.page.unwrap_or_default())
}

#[derive(Clone)]
struct Paging(u32);

#[service]
struct Books;

/// Lists books.
///
/// In pages.
///
/// # Errors
///
/// None.
#[get("/books", public)]
async fn list(paging: Paging, user: Option<User>) -> Json<Vec<Book>> {
    let _ = (paging.0, user);
    Json(Vec::new())
}

/// Shows a book.
#[get("/books/{id}", public)]
async fn show(Path(id): Path<i64>, Inject(books): Inject<Books>) -> Result<Json<Book>, BookError> {
    let _ = books;
    Err(BookError::Unknown(id))
}

/// Adds a book.
#[post("/books")]
#[require_role(UserRole::Editor)]
async fn add(Json(book): Json<NewBook>) -> Result<NoContent, BookError> {
    let _ = (book.title, book.kind);
    Ok(NoContent)
}

#[container]
struct App {}

fn routes() -> Routes<App> {
    Routes::new().nest("/api", routes![list, show, add])
}

fn document() -> Value {
    serde_json::to_value(routes().openapi()).expect("JSON")
}

#[test]
fn endpoints_are_in_the_document() {
    let document = document();
    let add = &document["paths"]["/api/books"]["post"];
    assert_eq!(add["summary"], "Adds a book.");
    assert_eq!(add["security"], serde_json::json!([{ "bearer": ["Editor"] }]));
    assert_eq!(document["paths"]["/api/books"]["get"]["security"], serde_json::json!([{}, { "bearer": [] }]));
}

#[derive(Serialize, ToSchema)]
struct Paged<T> {
    items: Vec<T>,
    next: Option<u32>,
}

#[derive(Deserialize, IntoParams)]
struct Filter {
    kind: Option<Kind>,
    kinds: Vec<Kind>,
}

#[get("/x", public)]
async fn paged(Query(filter): Query<Filter>) -> Json<Paged<Book>> {
    let _ = filter.kind;
    todo!()
}
#[get("/y", public)]
async fn option() -> Json<Option<Book>> {
    todo!()
}
#[get("/z", public)]
async fn map() -> Json<std::collections::HashMap<String, Book>> {
    todo!()
}
#[get("/zz", public)]
async fn arcs() -> Json<Vec<Box<Paged<Book>>>> {
    todo!()
}

#[test]
fn shown() {
    let routes: Routes<App> = { fn all() -> Routes<App> { routes![paged, option, map, arcs] } all() };
    println!("{}", serde_json::to_string_pretty(&routes.openapi()).unwrap());
}
