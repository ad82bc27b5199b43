//! Of an extractor by hand that reads the body it must be said that it can be repeated.

use std::{convert::Infallible, sync::Arc};

use axum::extract::{FromRequest, Request};
use inject_runtime::{Routes, container, post, routes, transaction};

pub struct Upload(Request);

impl<S: Sync> FromRequest<S> for Upload {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

#[post("/books", public)]
#[transaction(retry = 3)]
pub async fn create(upload: Upload) {
    drop(upload.0);
}

#[container]
pub struct App {}

fn all() -> Routes<App> {
    routes![create]
}

fn main() {
    let _ = (all, Arc::<App>::clone);
}
