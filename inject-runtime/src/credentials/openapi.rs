//! Descriptions of credentials in an OpenAPI document.

use axum::http::StatusCode;
use utoipa::openapi::security::{ApiKey as ApiKeyPlace, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

use super::{ApiKey, ApiKeyLocation, ApiKeyScheme, Basic, Bearer};
use crate::{
    operation::{OperationDraft, OperationInput},
    problem::ProblemKind,
};

impl OperationInput for Bearer {
    fn operation_input(operation: &mut OperationDraft) {
        describe_credentials(operation, "bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

impl OperationInput for Basic {
    fn operation_input(operation: &mut OperationDraft) {
        describe_credentials(operation, "basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
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
        describe_credentials(operation, K::NAME, SecurityScheme::ApiKey(place));
    }
}

fn describe_credentials(operation: &mut OperationDraft, name: &str, scheme: SecurityScheme) {
    operation.security(name, scheme);
    operation.problem(&ProblemKind::new(StatusCode::UNAUTHORIZED));
}
