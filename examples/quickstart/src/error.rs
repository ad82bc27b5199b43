//! 8. Errors, as clients see them: RFC 9457, `application/problem+json`.

use std::error::Error;

use axum::{
    Json,
    extract::rejection::{JsonRejection, PathRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{repository::StorageError, service::BookError};

/// Everything that can be wrong with a request, or with us.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The service said no.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The body is not what it should be.
    #[error(transparent)]
    Body(#[from] JsonRejection),
    /// The path has a parameter that is not what it should be.
    #[error(transparent)]
    Path(#[from] PathRejection),
    /// There is nothing at that path.
    #[error("there is nothing here")]
    UnknownPath,
    /// There is something at that path, but it cannot do that.
    #[error("this method cannot be used here")]
    WrongMethod,
}

#[derive(Serialize)]
struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Book(BookError::Unknown(_)) | Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::Book(BookError::Invalid { .. }) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Book(BookError::Storage(StorageError::Unavailable(_))) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Book(BookError::Storage(StorageError::Failed(_))) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Body(rejection) => rejection.status(),
            Self::Path(rejection) => rejection.status(),
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn detail(&self, status: StatusCode) -> String {
        match self {
            // What went wrong with us is for the log.
            _ if status.is_server_error() => "this is not your fault, please try again later".into(),
            Self::Body(rejection) => rejection.body_text(),
            // axum's text has the name of the Rust type in it.
            Self::Path(_) => "the id in the path must be a whole number".into(),
            _ => self.to_string(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            let cause = self.source().map(tracing::field::display);
            tracing::error!(error = %self, cause, "a request failed");
        }
        let problem = Problem {
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.detail(status),
        };
        let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, content_type, Json(problem)).into_response()
    }
}
