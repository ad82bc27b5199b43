//! Changes to the response of a request: by its providers, its endpoint, its around functions and its teardowns.

use std::{
    fmt, mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};

use crate::problem::{Problem, ToProblem};

/// Changes to the response of a request, in their order. Handles on them may outlive the request.
#[derive(Default)]
pub(crate) struct ResponseChanges(Mutex<State>);

#[derive(Default)]
struct State {
    status: Option<StatusCode>,
    headers: Vec<HeaderChange>,
    is_sent: bool,
}

/// Header that is added to a response.
pub(crate) struct HeaderChange {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    /// Whether headers of the same name stay.
    pub(crate) is_appended: bool,
    pub(crate) reach: Reach,
}

/// Responses to which a header is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// That of the endpoint.
    #[default]
    Answers,
    /// Also that of a rejection, and of a teardown that failed.
    Rejections,
    /// Also that of a panic.
    Panics,
}

impl ResponseChanges {
    /// Sets the status. The last one counts.
    pub(crate) fn set_status(&self, status: StatusCode) -> Result<(), HeadSent> {
        self.open()?.status = Some(status);
        Ok(())
    }

    pub(crate) fn add(&self, change: HeaderChange) -> Result<(), HeadSent> {
        self.open()?.headers.push(change);
        Ok(())
    }

    /// Returns the status that is set.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.lock().status
    }

    /// Returns the headers that the response of an endpoint gets.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for HeaderChange { name, value, is_appended, .. } in &self.lock().headers {
            add_header(&mut headers, name, value.clone(), *is_appended);
        }
        headers
    }

    /// Moves the status to the response of an endpoint. The status of an error stays, so that a failure does not become
    /// a success.
    pub(crate) fn move_status(&self, response: &mut Response) {
        if let Some(status) = self.lock().status.take()
            && response.status().as_u16() < 400
        {
            *response.status_mut() = status;
        }
    }

    /// Adds the headers to a response that is sent. Later changes are errors.
    pub(super) fn finish(&self, response: &mut Response, needed: Reach) {
        for HeaderChange { name, value, is_appended, reach } in self.end() {
            if reach >= needed {
                add_header(response.headers_mut(), &name, value, is_appended);
            }
        }
    }

    /// Refuses later changes. Returns the headers.
    pub(super) fn end(&self) -> Vec<HeaderChange> {
        let mut state = self.lock();
        state.is_sent = true;
        mem::take(&mut state.headers)
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, HeadSent> {
        let state = self.lock();
        if state.is_sent { Err(HeadSent(())) } else { Ok(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add_header(headers: &mut HeaderMap, name: &HeaderName, value: HeaderValue, is_appended: bool) {
    let is_full = if is_appended {
        headers.try_append(name, value).is_err()
    } else {
        headers.try_insert(name, value).is_err()
    };
    if is_full {
        tracing::warn!(%name, "a header of a response is left out: there are too many");
    }
}

/// Error returned when a response is changed after its head has been sent, or after its client has left.
///
/// As the error of a provider or an endpoint, it is a 500: there, a response can always be changed, unless its handle is
/// kept from another request. [`ResponseParts`](crate::ResponseParts) has an example.
#[derive(Debug)]
pub struct HeadSent(());

impl fmt::Display for HeadSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the response cannot be changed: its head has been sent")
    }
}

impl std::error::Error for HeadSent {}

impl ToProblem for HeadSent {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for HeadSent {
    fn into_response(self) -> Response {
        Problem::respond_to(&self)
    }
}
