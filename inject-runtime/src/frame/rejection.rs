//! Rejections of extractors.

use axum::response::{IntoResponse, Response};

use crate::problem::{CredentialsAbsent, Problem};

/// Response with which an extractor or a provider ends a request.
#[derive(Debug)]
pub struct Rejection {
    response: Response,
    /// Whether the request has no credentials at all, which is not an error where they are optional.
    is_absence: bool,
}

/// Result of obtaining a `T`.
pub type Provision<T> = Result<T, Rejection>;

impl Rejection {
    /// Converts a rejection of an extractor of axum's. The response may have the mark [`CredentialsAbsent`].
    #[inline]
    pub fn of(rejection: impl IntoResponse) -> Self {
        let response = rejection.into_response();
        let is_absence = response.extensions().get::<CredentialsAbsent>().is_some();
        Self { response, is_absence }
    }

    /// Creates the rejection of a request whose credentials are there.
    pub(crate) const fn new(response: Response) -> Self {
        Self { response, is_absence: false }
    }

    /// Creates the rejection of a request without credentials.
    #[cfg(feature = "security")]
    pub(crate) fn absence(response: Response) -> Self {
        Self { response, is_absence: true }
    }

    pub(crate) const fn is_absence(&self) -> bool {
        self.is_absence
    }

    pub(crate) fn into_inner(self) -> Response {
        self.response
    }
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self::of(problem)
    }
}

/// The response has the mark [`CredentialsAbsent`] where the rejection has it.
impl From<Rejection> for Response {
    fn from(Rejection { mut response, is_absence }: Rejection) -> Self {
        if is_absence {
            response.extensions_mut().insert(CredentialsAbsent);
        }
        response
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.into()
    }
}
