//! Inputs of the extractors of axum and of this crate.

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{
        ConnectInfo, Extension, Form, MatchedPath, NestedPath, OriginalUri, Path, Query, RawForm,
        RawPathParams, RawQuery, State,
    },
    http::{self, StatusCode},
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
            operation.query_of::<T>();
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

macro_rules! nothing {
    ($([$($parameter:ident)?] $ty:ty,)*) => {$(
        /// Describes nothing: the client does not send the value for the extractor.
        impl $(<$parameter>)? OperationInput for $ty {
            fn operation_input(_: &mut OperationDraft) {}
        }
    )*};
}

nothing! {
    [T] ConnectInfo<T>,
    [T] Extension<T>,
    [T] State<T>,
    [] http::Extensions,
    [] http::Method,
    [] http::Uri,
    [] http::Version,
    [] MatchedPath,
    [] NestedPath,
    [] OriginalUri,
    [] RawPathParams,
}

/// Reports that the function alone knows which headers it reads.
impl OperationInput for http::HeaderMap {
    fn operation_input(operation: &mut OperationDraft) {
        operation.undescribed(
            "HeaderMap",
            "which headers are read is not known: read them in an extractor that implements `OperationInput`",
        );
    }
}

/// Reports that the function alone knows which parameters it reads.
impl OperationInput for RawQuery {
    fn operation_input(operation: &mut OperationDraft) {
        operation.undescribed(
            "RawQuery",
            "which parameters are read is not known: take a `Query<T>` where `T: IntoParams`",
        );
    }
}

/// Describes a body of any fields, which the function reads one after the other.
#[cfg(feature = "multipart")]
impl OperationInput for axum::extract::Multipart {
    fn operation_input(operation: &mut OperationDraft) {
        let schema = ObjectBuilder::new().schema_type(Type::Object);
        operation.body("multipart/form-data", Some(schema.into()));
        operation.rejection(StatusCode::BAD_REQUEST);
        operation.rejection(StatusCode::PAYLOAD_TOO_LARGE);
    }
}

/// Describes the handshake.
#[cfg(feature = "ws")]
impl OperationInput for axum::extract::WebSocketUpgrade {
    fn operation_input(operation: &mut OperationDraft) {
        operation.upgrade();
        operation.rejection(StatusCode::BAD_REQUEST);
        operation.rejection(StatusCode::UPGRADE_REQUIRED);
        if operation.method() != "GET" {
            operation.rejection(StatusCode::METHOD_NOT_ALLOWED);
        }
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
