//! 8. The endpoints: their access policies, parameters and responses.

use std::net::SocketAddr;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use inject_runtime::{Routes, get, post, put, routes};
use serde::Serialize;

use crate::{
    app::App,
    auth::Owner,
    error::ApiError,
    repository::Book,
    service::{BookService, NewBook},
};

/// Maximum size of a request body in bytes. A title and an author need less than 1 KiB.
const BODY_LIMIT: usize = 64 * 1024;

/// Returns the endpoints of the application.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![list, add, show, finish].layer(DefaultBodyLimit::max(BODY_LIMIT)).map_router(|router: Router| {
        router
            .fallback(async || ApiError::UnknownPath)
            .method_not_allowed_fallback(async || ApiError::WrongMethod)
    })
}

/// Returns three example requests as shell commands.
#[must_use]
pub fn examples(address: SocketAddr, token: &str) -> [String; 3] {
    let books = format!("http://{address}/books");
    let owner = format!("-H 'authorization: Bearer {token}'");
    let dune = r#"{"title": "Dune", "author": "Frank Herbert"}"#;
    [
        format!("curl '{books}' {owner} -H 'content-type: application/json' -d '{dune}'"),
        format!("curl '{books}/1/finished' {owner} -X PUT"),
        format!("curl '{books}'"),
    ]
}

/// Lists the books added last. The endpoint is public: without `public` or another access policy it would not compile.
///
/// # Errors
///
/// Returns an error if the database fails.
#[get("/books", public)]
pub async fn list(mut books: BookService) -> Result<Json<Vec<Book>>, ApiError> {
    Ok(Json(books.list().await?))
}

/// Adds a book. Only the owner has access, and the request is authenticated before its body is read.
///
/// # Errors
///
/// Returns an error if the book is invalid.
#[post("/books", authenticated = Owner)]
pub async fn add(mut books: BookService, Json(book): Json<NewBook>) -> Result<impl IntoResponse, ApiError> {
    let book = books.add(book).await?;
    let location = [(header::LOCATION, format!("/books/{}", book.id))];
    Ok((StatusCode::CREATED, location, Json(book)))
}

/// Shows one book.
///
/// # Errors
///
/// Returns an error if the book does not exist.
#[get("/books/{id}", public)]
pub async fn show(mut books: BookService, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    Ok(Json(books.get(id).await?))
}

/// Marks a book as finished.
///
/// # Errors
///
/// Returns an error if the book does not exist.
#[put("/books/{id}/finished", authenticated = Owner)]
pub async fn finish(mut books: BookService, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    Ok(Json(books.finish(id).await?))
}

/// Extractor and response like [`axum::Json`] whose rejection is an [`ApiError`].
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Extractor like [`axum::extract::Path`] whose rejection is an [`ApiError`].
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);
