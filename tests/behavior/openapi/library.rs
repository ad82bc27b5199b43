//! The whole document of a small application.

use std::sync::Arc;

use axum::{
    extract::{FromRequest, FromRequestParts},
    http::{StatusCode, header},
    response::{IntoResponse, NoContent, Response},
};
use inject_runtime::{
    Bearer, Inject, Principal, Problem, Role, Routes, Unauthorized, container, delete, get, inject,
    openapi::{OperationDraft, OperationInput, OperationOutput},
    post, require_role, routes, service,
};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{ContentBuilder, HeaderBuilder, Info, ResponseBuilder},
};

use super::support::document;

/// A book on the shelves.
#[derive(Serialize, ToSchema)]
struct Book {
    id: i64,
    /// What it is called.
    title: String,
    genre: Genre,
}

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Genre {
    Novel,
    Poetry,
}

/// A book to be added.
#[derive(Deserialize, ToSchema)]
struct NewBook {
    title: String,
    genre: Genre,
}

/// Some of many.
#[derive(Serialize, ToSchema)]
struct Page<T> {
    items: Vec<T>,
    next: Option<u32>,
}

#[derive(Deserialize, IntoParams)]
struct Paging {
    /// The first that is wanted.
    #[serde(default)]
    from: u32,
}

/// Error of the application.
#[derive(Debug, thiserror::Error, Problem)]
enum ApiError {
    /// There is no such book.
    #[error("there is no book {0}")]
    #[problem(status = 404, detail)]
    UnknownBook(i64),
    /// The title is in use.
    #[error("there is a book of that title")]
    #[problem(status = 409, type = "https://example.org/problems/title", detail)]
    TitleInUse,
    /// The book is on loan.
    #[error("the book is on loan")]
    #[problem(status = 409)]
    OnLoan,
    #[error(transparent)]
    #[problem(transparent)]
    Unauthorized(#[from] Unauthorized),
    #[error("the body is not what it should be")]
    #[problem(status = 400, detail)]
    Body(#[from] axum::extract::rejection::JsonRejection),
    #[error("the id in the path must be a whole number")]
    #[problem(status = 400, detail)]
    Path(#[from] axum::extract::rejection::PathRejection),
}

/// axum's `Json` with the error of the application.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
struct Json<T>(T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: ToSchema> OperationInput for Json<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::Json<T>>();
    }
}

impl<T: ToSchema> OperationOutput for Json<T> {
    fn operation_output(operation: &mut OperationDraft) {
        operation.output::<axum::Json<T>>();
    }
}

/// axum's `Path` with the error of the application.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
struct Path<T>(T);

impl<T> OperationInput for Path<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::extract::Path<T>>();
    }
}

/// 201 with a `Location`.
struct Created<T>(String, T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(header::LOCATION, self.0)], axum::Json(self.1)).into_response()
    }
}

impl<T: ToSchema> OperationOutput for Created<T> {
    fn operation_output(operation: &mut OperationDraft) {
        let content = ContentBuilder::new().schema(Some(operation.schema::<T>())).build();
        let location = HeaderBuilder::new().description(Some("Where it is.")).build();
        let response =
            ResponseBuilder::new().content("application/json", content).header("Location", location);
        operation.response(StatusCode::CREATED, response.build());
    }
}

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = Reader)]
enum ReaderRole {
    #[role(implies(Librarian))]
    Director,
    Librarian,
}

#[derive(Clone)]
struct Reader(ReaderRole);

impl Principal<ReaderRole> for Reader {
    fn has_role(&self, role: ReaderRole) -> bool {
        self.0 == role
    }
}

#[inject]
async fn reader(bearer: Bearer) -> Result<Reader, ApiError> {
    match bearer.token() {
        "director" => Ok(Reader(ReaderRole::Director)),
        "librarian" => Ok(Reader(ReaderRole::Librarian)),
        _ => Err(Unauthorized::bearer().error("invalid_token").into()),
    }
}

#[service]
struct Shelves {
    #[init]
    on_loan: Vec<i64>,
}

impl Shelves {
    fn find(&self, id: i64) -> Result<Book, ApiError> {
        match id {
            0 => Err(ApiError::UnknownBook(id)),
            id if self.on_loan.contains(&id) => Err(ApiError::OnLoan),
            _ => Ok(Book { id, title: "Dune".into(), genre: Genre::Novel }),
        }
    }
}

/// Lists the books.
///
/// The latest first.
#[get("/books", public)]
async fn list(
    axum::extract::Query(paging): axum::extract::Query<Paging>,
    reader: Option<Reader>,
) -> Json<Page<Book>> {
    Json(Page { items: Vec::new(), next: reader.map(|_| paging.from) })
}

/// Shows a book.
///
/// # Errors
///
/// There is none.
#[get("/books/{id}", public)]
async fn show(Path(id): Path<i64>, Inject(shelves): Inject<Arc<Shelves>>) -> Result<Json<Book>, ApiError> {
    shelves.find(id).map(Json)
}

/// Adds a book.
#[post("/books")]
#[require_role(ReaderRole::Director, ReaderRole::Librarian)]
async fn add(Json(book): Json<NewBook>) -> Result<Created<Book>, ApiError> {
    let NewBook { title, genre } = book;
    if title == "Dune" {
        return Err(ApiError::TitleInUse);
    }
    Ok(Created("/books/7".into(), Book { id: 7, title, genre }))
}

/// Takes a book off the shelves.
#[deprecated = "books stay where they are"]
#[delete("/books/{id}", authenticated = Reader)]
async fn remove(Path(id): Path<i64>, Inject(shelves): Inject<Arc<Shelves>>) -> Result<NoContent, ApiError> {
    shelves.find(id).map(|_| NoContent)
}

#[container]
struct App {
    shelves: Arc<Shelves>,
}

fn routes() -> Routes<App> {
    Routes::new().nest("/api", routes![list, show, add, remove])
}

/// Compares the document with the accepted one. `INJECT_BLESS=1` accepts it.
#[test]
fn the_document_of_a_small_application() {
    document(&routes());
    let mut document = routes().openapi();
    document.info = Info::new("Library", "1.0.0");
    let document = document.to_pretty_json().expect("JSON") + "\n";
    let path = format!("{}/behavior/openapi/library.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("INJECT_BLESS").is_some() {
        std::fs::write(&path, &document).expect("the documents are writable");
    }
    let accepted = std::fs::read_to_string(&path).expect("the document is accepted");
    assert_eq!(document, accepted, "{path}");
}
