//! Rejections of extractors.

use std::any::type_name;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::problem::{Conflict, CredentialsAbsent, Problem};

/// Response with which an extractor or a provider ends a request.
#[derive(Debug)]
pub struct Rejection {
    response: Response,
    /// Whether the request has no credentials at all, which is not an error where they are optional.
    is_absence: bool,
    /// Type that was not extracted.
    of: Option<&'static str>,
}

/// Name of the type that was not extracted, in the extensions of a response on its way through an extractor of axum's.
#[derive(Clone, Copy)]
struct RejectedBy(&'static str);

/// Result of obtaining a `T`.
pub type Provision<T> = Result<T, Rejection>;

impl Rejection {
    /// Converts a rejection of an extractor of axum's. The response may have the mark [`CredentialsAbsent`].
    #[inline]
    pub fn of(rejection: impl IntoResponse) -> Self {
        let response = rejection.into_response();
        let extensions = response.extensions();
        let is_absence = extensions.get::<CredentialsAbsent>().is_some();
        let of = extensions.get().map(|RejectedBy(name)| *name);
        Self { response, is_absence, of }
    }

    /// Creates the rejection of a request whose credentials are there.
    pub(crate) const fn new(response: Response) -> Self {
        Self { response, is_absence: false, of: None }
    }

    /// Creates the rejection of a request without credentials.
    #[cfg(feature = "security")]
    pub(crate) fn absence(response: Response) -> Self {
        Self { response, is_absence: true, of: None }
    }

    /// Names the type that was not extracted, unless a dependency of it has been named.
    #[inline]
    #[must_use]
    pub fn named<T: ?Sized>(mut self) -> Self {
        self.of.get_or_insert(type_name::<T>());
        self
    }

    /// Returns the name of the type that was not extracted.
    pub(crate) const fn name(&self) -> Option<&'static str> {
        self.of
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Returns whether the request failed by a conflict between transactions.
    pub(crate) fn is_conflict(&self) -> bool {
        self.response.extensions().get::<Conflict>().is_some()
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
    fn from(Rejection { mut response, is_absence, of }: Rejection) -> Self {
        if let Some(of) = of {
            response.extensions_mut().insert(RejectedBy(of));
        }
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
