//! 8. The endpoints: who may call them, what they take, what they answer.

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

/// A title and an author need less than 1 KiB.
const BODY_LIMIT: usize = 64 * 1024;

/// The endpoints of the application.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![list, add, show, finish].layer(DefaultBodyLimit::max(BODY_LIMIT)).map_router(|router: Router| {
        router
            .fallback(async || ApiError::UnknownPath)
            .method_not_allowed_fallback(async || ApiError::WrongMethod)
    })
}

/// Three requests to try, for a shell.
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

/// Everybody may look. Without `public`, or another policy, this would not compile.
///
/// # Errors
///
/// The database is to blame.
#[get("/books", public)]
pub async fn list(mut books: BookService) -> Result<Json<Vec<Book>>, ApiError> {
    Ok(Json(books.list().await?))
}

/// The owner alone may add. Who that is has been settled before the body is read.
///
/// # Errors
///
/// The book is not fit to be added.
#[post("/books", authenticated = Owner)]
pub async fn add(mut books: BookService, Json(book): Json<NewBook>) -> Result<impl IntoResponse, ApiError> {
    let book = books.add(book).await?;
    let location = [(header::LOCATION, format!("/books/{}", book.id))];
    Ok((StatusCode::CREATED, location, Json(book)))
}

/// One book.
///
/// # Errors
///
/// There is no such book.
#[get("/books/{id}", public)]
pub async fn show(mut books: BookService, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    Ok(Json(books.get(id).await?))
}

/// Marks a book as read.
///
/// # Errors
///
/// There is no such book.
#[put("/books/{id}/finished", authenticated = Owner)]
pub async fn finish(mut books: BookService, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    Ok(Json(books.finish(id).await?))
}

/// axum's `Json`, with our errors.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// axum's `Path`, with our errors.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);
