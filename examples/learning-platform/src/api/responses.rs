//! Responses with more than a body.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::extract::Json;

/// Response with the status 201 and the header `Location`.
#[derive(Clone, Debug)]
pub struct Created<T> {
    /// Path of the new resource.
    pub location: String,
    /// Representation of the new resource.
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(header::LOCATION, self.location)], Json(self.body)).into_response()
    }
}
