//! Errors that have a problem, and the kinds of problems that an error can be.

use std::{borrow::Cow, convert::Infallible, sync::Arc};

use axum::http::StatusCode;

use super::Problem;

/// An error that says what it is to a client.
///
/// [`#[derive(Problem)]`](derive@crate::Problem) implements it from attributes; by hand it is the way for what attributes cannot say.
/// Whoever reads the [`Problem`] is a stranger: it holds what helps a client, and not how the program is made. The error itself is
/// logged by [`Problem::respond_to`].
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
    message = "`{Self}` does not say what it is to a client",
    label = "expected an error that has a problem",
    note = "[inject/problem] put `#[derive(Problem)]` on `{Self}`, or implement `ToProblem` for it"
)]
pub trait ToProblem {
    /// What a client reads of this error.
    fn to_problem(&self) -> Problem;

    /// The problems that an error of this type can be, for documents: empty where nobody says.
    ///
    /// [`#[derive(Problem)]`](derive@crate::Problem#in-documents) says it of each variant, with the doc comment as its description. It
    /// promises nothing, and is not looked at when an error is answered.
    #[must_use]
    fn kinds() -> Vec<ProblemKind>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// One of the problems that an error can be: see [`ToProblem::kinds`].
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProblemKind {
    /// The status of the response.
    pub status: StatusCode,
    /// The member `type`; `None` is `about:blank`.
    pub type_uri: Option<Cow<'static, str>>,
    /// The member `title`, where it is not the reason phrase of the status.
    pub title: Option<Cow<'static, str>>,
    /// When it is answered, for people.
    pub description: Option<Cow<'static, str>>,
}

impl ProblemKind {
    /// A problem of that status.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self { status, type_uri: None, title: None, description: None }
    }

    /// What kind of problem it is, for programs: a URI.
    #[must_use]
    pub fn with_type_uri(self, uri: impl Into<Cow<'static, str>>) -> Self {
        Self { type_uri: Some(uri.into()), ..self }
    }

    /// What kind of problem it is, for people.
    #[must_use]
    pub fn with_title(self, title: impl Into<Cow<'static, str>>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// When it is answered, for people.
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
