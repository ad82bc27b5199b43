//! Errors that convert to a problem, and the kinds of problems of an error type.

use std::{borrow::Cow, convert::Infallible, sync::Arc};

use axum::http::StatusCode;

use super::Problem;

/// Error that converts to the [`Problem`] that a client receives.
///
/// [`#[derive(Problem)]`](derive@crate::Problem) implements the trait from attributes. An implementation by
/// hand is for problems that attributes cannot describe. The client is not trusted: a [`Problem`] contains
/// details that help a client, and no internals of the program. [`Problem::respond_to`] logs the error
/// itself.
///
/// ```
/// use axum::http::StatusCode;
/// use inject_runtime::{Problem, ToProblem};
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("{left} of {title:?} left in warehouse 12")]
/// struct OutOfStock {
///     title: String,
///     left: u32,
/// }
///
/// impl ToProblem for OutOfStock {
///     fn to_problem(&self) -> Problem {
///         Problem::new(StatusCode::CONFLICT).with_detail(format!("there is not enough of {:?}", self.title)).with_member("left", self.left)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no problem response",
    label = "expected an error that implements `ToProblem`",
    note = "[inject/problem] put `#[derive(Problem)]` on `{Self}`, or implement `ToProblem` for it"
)]
pub trait ToProblem {
    /// Returns the problem that a client receives for this error.
    fn to_problem(&self) -> Problem;

    /// Returns the kinds of problems that an error of this type can be, for API documents. Empty by
    /// default.
    ///
    /// [`#[derive(Problem)]`](derive@crate::Problem#in-documents) returns one kind for each variant, with
    /// the doc comment as its description. The list is documentation only: a response is not checked
    /// against it.
    #[must_use]
    fn kinds() -> Vec<ProblemKind>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// Description of one problem that an error type can be: see [`ToProblem::kinds`].
///
/// ```
/// use axum::http::StatusCode;
/// use inject_runtime::{Problem, ProblemKind, ToProblem};
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("the shop is closed")]
/// struct Closed;
///
/// impl ToProblem for Closed {
///     fn to_problem(&self) -> Problem {
///         Problem::new(StatusCode::SERVICE_UNAVAILABLE)
///     }
///
///     fn kinds() -> Vec<ProblemKind> {
///         vec![ProblemKind::new(StatusCode::SERVICE_UNAVAILABLE).with_description("The shop is closed.")]
///     }
/// }
/// # assert_eq!(Closed::kinds()[0].status, Closed.to_problem().status());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ProblemKind {
    /// Status of the response.
    pub status: StatusCode,
    /// Member `type`; `None` stands for `about:blank`.
    pub type_uri: Option<Cow<'static, str>>,
    /// Member `title`, if it differs from the reason phrase of the status.
    pub title: Option<Cow<'static, str>>,
    /// Human-readable description of when this problem occurs.
    pub description: Option<Cow<'static, str>>,
}

impl ProblemKind {
    /// Creates the description of a problem with this status.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self { status, type_uri: None, title: None, description: None }
    }

    /// Sets the problem type, a machine-readable URI.
    #[must_use]
    pub fn with_type_uri(self, uri: impl Into<Cow<'static, str>>) -> Self {
        Self { type_uri: Some(uri.into()), ..self }
    }

    /// Sets the human-readable title of the problem type.
    #[must_use]
    pub fn with_title(self, title: impl Into<Cow<'static, str>>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// Sets the human-readable description of when this problem occurs.
    #[must_use]
    pub fn with_description(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self { description: Some(description.into()), ..self }
    }
}

impl ToProblem for Problem {
    fn to_problem(&self) -> Problem {
        self.clone()
    }
}

impl ToProblem for Infallible {
    fn to_problem(&self) -> Problem {
        match *self {}
    }
}

impl<E: ToProblem + ?Sized> ToProblem for &E {
    fn to_problem(&self) -> Problem {
        (**self).to_problem()
    }
}

impl<E: ToProblem + ?Sized> ToProblem for Box<E> {
    fn to_problem(&self) -> Problem {
        (**self).to_problem()
    }
}

impl<E: ToProblem + ?Sized> ToProblem for Arc<E> {
    fn to_problem(&self) -> Problem {
        (**self).to_problem()
    }
}
