//! An extractor written by hand that promises nothing.

use axum::{extract::FromRequestParts, http::{StatusCode, request::Parts}};
use inject_runtime::get;

struct Session;

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self)
    }
}

#[get("/me", authenticated = Session)]
async fn me() {}

fn main() {}
