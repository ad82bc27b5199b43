//! Inputs of the extractors of axum and of this crate.

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Form, Path, Query, RawForm},
    http::StatusCode,
};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, path::ParameterIn},
};

use super::{OperationDraft, OperationInput};

const FORM: &str = "application/x-www-form-urlencoded";

/// Schema of arbitrary bytes.
pub(super) fn binary() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
        .into()
}

impl<T: ToSchema> OperationInput for Json<T> {
    fn operation_input(operation: &mut OperationDraft) {
        let schema = operation.schema::<T>();
        operation.body("application/json", Some(schema));
        for status in [
            StatusCode::BAD_REQUEST,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::UNPROCESSABLE_ENTITY,
        ] {
            operation.rejection(status);
        }
    }
}

impl<T: ToSchema> OperationInput for Form<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.rejection(StatusCode::BAD_REQUEST);
        // A form of these methods is read from the query.
        if matches!(operation.method(), "GET" | "HEAD") {
            return;
        }
        let schema = operation.schema::<T>();
        operation.body(FORM, Some(schema));
        for status in [
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::UNPROCESSABLE_ENTITY,
        ] {
            operation.rejection(status);
        }
    }
}

impl OperationInput for RawForm {
    fn operation_input(operation: &mut OperationDraft) {
        if matches!(operation.method(), "GET" | "HEAD") {
            return;
        }
        operation.body(FORM, None);
        operation.rejection(StatusCode::PAYLOAD_TOO_LARGE);
        operation.rejection(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}

impl OperationInput for String {
    fn operation_input(operation: &mut OperationDraft) {
        let schema = operation.schema::<Self>();
        operation.body("text/plain", Some(schema));
        operation.rejection(StatusCode::BAD_REQUEST);
        operation.rejection(StatusCode::PAYLOAD_TOO_LARGE);
    }
}

impl OperationInput for Bytes {
    fn operation_input(operation: &mut OperationDraft) {
        operation.body("application/octet-stream", Some(binary()));
        operation.rejection(StatusCode::PAYLOAD_TOO_LARGE);
    }
}

impl OperationInput for Body {
    fn operation_input(operation: &mut OperationDraft) {
        operation.body("application/octet-stream", Some(binary()));
    }
}

/// Describes the rejection only: the attribute of the endpoint describes the parameters.
impl<T> OperationInput for Path<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.rejection(StatusCode::BAD_REQUEST);
    }
}

impl<T: IntoParams> OperationInput for Query<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.parameters_of::<T>(&ParameterIn::Query);
        operation.rejection(StatusCode::BAD_REQUEST);
    }
}

impl<T: OperationInput> OperationInput for Option<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.optional(T::operation_input);
    }
}

impl<T: OperationInput, E> OperationInput for Result<T, E> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.handled(T::operation_input);
    }
}
