//! Descriptions of credentials in an OpenAPI document.

use axum::http::StatusCode;
use utoipa::openapi::security::{ApiKey as ApiKeyPlace, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

use super::{ApiKey, ApiKeyScheme, AuthScheme, Basic, Bearer, Credential, Credentials, scheme::Place};
use crate::{
    operation::{OperationDraft, OperationInput},
    problem::ProblemKind,
};

impl OperationInput for Bearer {
    fn operation_input(operation: &mut OperationDraft) {
        describe::<Self>(operation);
    }
}

impl OperationInput for Basic {
    fn operation_input(operation: &mut OperationDraft) {
        describe::<Self>(operation);
    }
}

impl<K: ApiKeyScheme> OperationInput for ApiKey<K> {
    fn operation_input(operation: &mut OperationDraft) {
        describe::<Self>(operation);
    }
}

impl<T: Credential> OperationInput for Credentials<T> {
    fn operation_input(operation: &mut OperationDraft) {
        describe::<T>(operation);
    }
}

fn describe<T: Credential>(operation: &mut OperationDraft) {
    describe_scheme(operation, &T::SCHEME);
}

pub(super) fn describe_scheme(operation: &mut OperationDraft, scheme: &AuthScheme) {
    operation.any_security(scheme.alternatives().map(|scheme| (scheme.name, security_scheme(scheme))));
    operation.problem(&ProblemKind::new(StatusCode::UNAUTHORIZED));
}

/// Returns the scheme in the types of OpenAPI, which knows the registered schemes of `Authorization`. Another
/// one is described as a key in this header.
fn security_scheme(scheme: &AuthScheme) -> SecurityScheme {
    let key = |value: &str| ApiKeyValue::new(value);
    SecurityScheme::ApiKey(match scheme.place {
        Place::Authorization(name) => match registered(name) {
            Some(registered) => return SecurityScheme::Http(Http::new(registered)),
            None => ApiKeyPlace::Header(ApiKeyValue::with_description(
                "Authorization",
                &format!("The scheme is `{name}`: `Authorization: {name} <credentials>`."),
            )),
        },
        Place::Header(name) => ApiKeyPlace::Header(key(name)),
        Place::Query(name) => ApiKeyPlace::Query(key(name)),
        Place::Cookie(name) => ApiKeyPlace::Cookie(key(name)),
    })
}

fn registered(scheme: &str) -> Option<HttpAuthScheme> {
    let schemes = [
        ("basic", HttpAuthScheme::Basic),
        ("bearer", HttpAuthScheme::Bearer),
        ("digest", HttpAuthScheme::Digest),
        ("hoba", HttpAuthScheme::Hoba),
        ("mutual", HttpAuthScheme::Mutual),
        ("negotiate", HttpAuthScheme::Negotiate),
        ("oauth", HttpAuthScheme::OAuth),
        ("scram-sha-1", HttpAuthScheme::ScramSha1),
        ("scram-sha-256", HttpAuthScheme::ScramSha256),
        ("vapid", HttpAuthScheme::Vapid),
    ];
    schemes.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(scheme)).map(|(_, scheme)| scheme)
}
