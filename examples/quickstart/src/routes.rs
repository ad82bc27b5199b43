//! 7. The routes: plain axum, with `Inject` for what the container provides.
//!
//! `debug_handler` is for the compiler alone, which then says why a function is no handler: "layering violation",
//! "`App` does not provide ..".

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router, debug_handler,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use inject_runtime::Inject;
use serde::Serialize;

use crate::{
    app::App,
    error::ApiError,
    repository::Book,
    service::{BookService, NewBook},
};

/// A title and an author need less than 1 KiB.
const BODY_LIMIT: usize = 64 * 1024;

/// The application as an axum router. The container is its state.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/books", get(list).post(add))
        .route("/books/{id}", get(show))
        .route("/books/{id}/finished", put(finish))
        .fallback(async || ApiError::UnknownPath)
        .method_not_allowed_fallback(async || ApiError::WrongMethod)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(app)
}

/// Three requests to try, for a shell.
#[must_use]
pub fn examples(address: SocketAddr) -> [String; 3] {
    let books = format!("http://{address}/books");
    let dune = r#"{"title": "Dune", "author": "Frank Herbert"}"#;
    [
        format!("curl '{books}' -H 'content-type: application/json' -d '{dune}'"),
        format!("curl '{books}/1/finished' -X PUT"),
        format!("curl '{books}'"),
    ]
}

#[debug_handler(state = Arc<App>)]
async fn list(Inject(books): Inject<BookService>) -> Result<Json<Vec<Book>>, ApiError> {
    Ok(Json(books.list().await?))
}

#[debug_handler(state = Arc<App>)]
async fn add(
    Inject(books): Inject<BookService>,
    Json(book): Json<NewBook>,
) -> Result<impl IntoResponse, ApiError> {
    let book = books.add(book).await?;
    let location = [(header::LOCATION, format!("/books/{}", book.id))];
    Ok((StatusCode::CREATED, location, Json(book)))
}

#[debug_handler(state = Arc<App>)]
async fn show(Inject(books): Inject<BookService>, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    Ok(Json(books.get(id).await?))
}

#[debug_handler(state = Arc<App>)]
async fn finish(Inject(books): Inject<BookService>, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    Ok(Json(books.finish(id).await?))
}

/// axum's `Json`, with our errors.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
struct Json<T>(T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// axum's `Path`, with our errors.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
struct Path<T>(T);
