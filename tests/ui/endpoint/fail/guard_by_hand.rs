//! What a guard requires is known: an extractor by hand is the parameter of a provider.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use inject_runtime::{Routes, container};

pub struct Tenant;

impl<S: Sync> FromRequestParts<S> for Tenant {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

pub fn all() -> Routes<App> {
    Routes::new().guard::<Tenant>()
}

#[container]
pub struct App {}

fn main() {}
