//! The error whose variants an endpoint lists derives `Problem`.

use inject_runtime::{get};

pub enum ApiError {
    NotFound,
}

impl axum::response::IntoResponse for ApiError {
    fn into_response(self) -> axum::response::Response {
        axum::http::StatusCode::NOT_FOUND.into_response()
    }
}

#[get("/", public, errors(NotFound))]
pub async fn show() -> Result<(), ApiError> {
    Err(ApiError::NotFound)
}

fn main() {}
