//! Placeholder.
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::error::Error;

/// A problem.
#[derive(Debug)]
pub struct Problem(StatusCode);
impl Problem {
    /// New.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self(status)
    }
}
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
