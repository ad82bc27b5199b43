//! What the extractors of axum and of this crate ask for.

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Form, Path, Query, RawForm},
    http::StatusCode,
};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
        path::ParameterIn,
        security::{ApiKey as ApiKeyPlace, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{OperationDraft, OperationInput};
use crate::{ApiKey, ApiKeyLocation, ApiKeyScheme, Basic, Bearer};
use crate::{Authorized, ProblemKind, Proof};

const FORM: &str = "application/x-www-form-urlencoded";

/// Bytes of whatever kind.
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
        // From the query.
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

/// What the parameters are is seen by the attribute of the endpoint.
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
        operation.caught(T::operation_input);
    }
}

/// The principal is described by whoever provides it.
impl<P: Proof> OperationInput for Authorized<P> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.problem(&ProblemKind::new(StatusCode::FORBIDDEN));
    }
}

fn credentials(operation: &mut OperationDraft, name: &str, scheme: SecurityScheme) {
    operation.security(name, scheme);
    operation.problem(&ProblemKind::new(StatusCode::UNAUTHORIZED));
}

impl OperationInput for Bearer {
    fn operation_input(operation: &mut OperationDraft) {
        credentials(operation, "bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

impl OperationInput for Basic {
    fn operation_input(operation: &mut OperationDraft) {
        credentials(operation, "basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    }
}

impl<K: ApiKeyScheme> OperationInput for ApiKey<K> {
    fn operation_input(operation: &mut OperationDraft) {
        let value = ApiKeyValue::new(K::NAME);
        let place = match K::LOCATION {
            ApiKeyLocation::Header => ApiKeyPlace::Header(value),
            ApiKeyLocation::Query => ApiKeyPlace::Query(value),
            ApiKeyLocation::Cookie => ApiKeyPlace::Cookie(value),
        };
        credentials(operation, K::NAME, SecurityScheme::ApiKey(place));
    }
}
