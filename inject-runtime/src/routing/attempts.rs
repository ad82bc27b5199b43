//! Attempts to answer a request: an endpoint under `#[transaction(retry = ..)]` is run again after a conflict.

use std::sync::Arc;

use axum::{body::Body, extract::Request, http::request::Parts, response::Response};

use super::{answer::EndpointRequest, endpoint::Endpoint, recorded_body::RecordedBody};
use crate::{
    attempt::{Attempt, back_off},
    boxed::BoxFuture,
    container::SharedContainer,
    endpoint_label::{self, Fields},
    problem::Conflict,
};

/// Answers a request to the endpoint `E`, in as many attempts as it takes and its settings allow. An endpoint without them pays
/// nothing: the number is a constant.
#[inline]
pub(super) fn answer<E: Endpoint<C, M>, C: SharedContainer, M>(
    request: EndpointRequest<C>,
) -> BoxFuture<'static, Response> {
    match E::TRANSACTION.retry {
        0 => E::answer(request),
        retries => Box::pin(answer_repeatedly(E::answer, u32::from(retries), request)),
    }
}

/// Runs all of the endpoint, its guards, extractors, function and teardowns, each time in a scope of its own. The parts of the
/// request and its body are the same for each.
async fn answer_repeatedly<C: SharedContainer>(
    answer: fn(EndpointRequest<C>) -> BoxFuture<'static, Response>,
    retries: u32,
    EndpointRequest { request, container, scope, observation }: EndpointRequest<C>,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = RecordedBody::new(body);
    let attempt = |scope, may_be_repeated| {
        let request = request_of(&parts, &body);
        let request = EndpointRequest {
            request,
            container: Arc::clone(&container),
            scope,
            observation: observation.clone(),
        };
        Attempt::new(answer(request), may_be_repeated)
    };
    let mut attempts = 1;
    loop {
        let is_last = attempts > retries;
        let Some(scope) = scope.of_attempt() else {
            // The owner of the scope ends it, once.
            return attempt(scope, false).await;
        };
        let mut response = attempt(scope, !is_last).await;
        let status = response.status();
        let conflict = response.extensions_mut().remove::<Conflict>();
        let Some(Conflict { has_committed }) = conflict.filter(|_| status.as_u16() >= 400) else {
            return response;
        };
        if is_last || has_committed || body.has_failed() {
            endpoint_label::log(|Fields { method, route, endpoint, .. }| {
                tracing::warn!(
                    attempts,
                    has_committed,
                    status = status.as_u16(),
                    method,
                    route,
                    endpoint,
                    "a request is given up: it failed by a conflict between transactions, and cannot be repeated again"
                );
            });
            return response;
        }
        endpoint_label::log(|Fields { method, route, endpoint, .. }| {
            tracing::debug!(
                attempts,
                status = status.as_u16(),
                method,
                route,
                endpoint,
                "a request failed by a conflict between transactions, and runs again"
            );
        });
        // What the response has of the attempt is dropped before the next one.
        drop(response);
        back_off(attempts).await;
        attempts += 1;
    }
}

fn request_of(parts: &Parts, body: &RecordedBody) -> Request {
    Request::from_parts(parts.clone(), Body::new(body.replay()))
}
