//! Extraction of the handle on the stop of the server.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use crate::{
    extract::{NativeNow, extract_native},
    frame::{Provision, RequestContext, Stopping, Tasks, outside_of_scope},
};

impl<S: Sync> FromRequestParts<S> for Stopping {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Ok(extract_native(parts, &Arc::new(()))?)
    }
}

impl<C> NativeNow<C> for Stopping {
    fn extract_now(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        context.frame.tasks().map(Tasks::stopping).ok_or_else(outside_of_scope::<Self>)
    }
}
