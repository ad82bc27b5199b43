//! Extractors of axum with the errors of this application, and with validation.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use garde::Validate;
use inject_runtime::openapi::{OperationDraft, OperationInput, OperationOutput};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{ContentBuilder, HeaderBuilder, ResponseBuilder},
};

use crate::error::Error;

/// JSON body. That of a request is validated.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context: Default>> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let axum::Json(value) = axum::Json::<T>::from_request(request, state).await?;
        value.validate()?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Query of a request. It is validated.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context: Default>> FromRequestParts<S>
    for Query<T>
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let axum::extract::Query(value) =
            axum::extract::Query::<T>::from_request_parts(parts, state).await?;
        value.validate()?;
        Ok(Self(value))
    }
}

/// Parameter in the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

/// Response 201, with the location of the created item.
#[derive(Clone, Debug)]
pub struct Created<T> {
    /// Path of the item.
    pub location: String,
    /// Body of the item.
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (
            StatusCode::CREATED,
            [(header::LOCATION, self.location)],
            Json(self.body),
        )
            .into_response()
    }
}

// Descriptions of these types in the document of the API.

impl<T: ToSchema> OperationInput for Json<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::Json<T>>();
    }
}

impl<T: ToSchema> OperationOutput for Json<T> {
    fn operation_output(operation: &mut OperationDraft) {
        axum::Json::<T>::operation_output(operation);
    }
}

impl<T: IntoParams> OperationInput for Query<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::extract::Query<T>>();
    }
}

impl<T> OperationInput for Path<T>
where
    axum::extract::Path<T>: OperationInput,
{
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::extract::Path<T>>();
    }
}

impl<T: ToSchema> OperationOutput for Created<T> {
    fn operation_output(operation: &mut OperationDraft) {
        let content = ContentBuilder::new()
            .schema(Some(operation.schema::<T>()))
            .build();
        let location = HeaderBuilder::new()
            .description(Some("location of the item"))
            .build();
        let response = ResponseBuilder::new()
            .content("application/json", content)
            .header("Location", location);
        operation.response(StatusCode::CREATED, response.build());
    }
}
