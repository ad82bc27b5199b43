//! Responses that are more than a body.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::extract::Json;

/// 201: something new is there, and this is where.
#[derive(Clone, Debug)]
pub struct Created<T> {
    /// Its path.
    pub location: String,
    /// What it looks like.
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(header::LOCATION, self.location)], Json(self.body)).into_response()
    }
}
