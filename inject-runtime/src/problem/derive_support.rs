//! Functions that `#[derive(Problem)]` calls.

use std::error::Error;

use axum::{http::StatusCode, response::Response};

use super::{Problem, ProblemKind, ToProblem, is_error};

/// Error type, for expansions. The trait exists for its message: it is shown for a type that derives
/// `Problem` and does not implement `Error`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error",
    label = "expected a type that implements `std::error::Error`",
    note = "[inject/problem] derive `thiserror::Error` for `{Self}`, or implement `std::error::Error`"
)]
pub trait Failure: Sized {
    /// Returns the `Display` text of the error.
    fn text(&self) -> String;

    /// Returns the response of the error: [`Problem::respond_to`].
    fn respond(self) -> Response
    where
        Self: ToProblem;
}

#[diagnostic::do_not_recommend]
impl<E: Error> Failure for E {
    fn text(&self) -> String {
        self.to_string()
    }

    fn respond(self) -> Response
    where
        Self: ToProblem,
    {
        Problem::respond_to(&self)
    }
}

/// Error whose variants an endpoint can list: an enum under `#[derive(Problem)]`.
#[diagnostic::on_unimplemented(
    message = "the variants of `{Self}` are not known",
    label = "`errors(..)` lists variants of the error that the endpoint returns",
    note = "[inject/problem] put `#[derive(Problem)]` on the enum `{Self}`"
)]
pub trait ProblemVariants: ToProblem {
    /// Struct with a [`ProblemVariant`] for each variant, under its name.
    type Variants;

    /// Returns all variants.
    fn variants() -> Self::Variants;

    /// Returns the name of the variant of this error.
    fn variant(&self) -> &'static str;
}

/// Variant of an error.
#[derive(Clone, Copy, Debug)]
pub struct ProblemVariant {
    /// Name.
    pub name: &'static str,
    /// Returns the problems that the variant can be.
    pub kinds: fn() -> Vec<ProblemKind>,
}

/// Results of an endpoint that lists its errors.
///
/// The names begin with underscores because a trait of the user may be in scope.
pub trait ListedErrors {
    /// Logs an error that the endpoint does not list.
    fn __check_error(&self, endpoint: &str, listed: &[&str]);
}

impl<T, E: ProblemVariants> ListedErrors for Result<T, E> {
    fn __check_error(&self, endpoint: &str, listed: &[&str]) {
        if let Err(error) = self
            && let variant = error.variant()
            && !listed.contains(&variant)
        {
            tracing::debug!(
                endpoint,
                variant,
                "the endpoint returns an error that its `errors(..)` does not list"
            );
        }
    }
}

/// Fallback of [`ListedErrors`] for all types: what is wrong is reported where the errors are described.
pub trait ErrorListFallback {
    /// Does nothing.
    fn __check_error(&self, _: &str, _: &[&str]) {}
}

impl<T> ErrorListFallback for &T {}

/// Returns the kinds of an error type, collected from its variants.
#[must_use]
pub fn all_kinds<const N: usize>(cases: [Vec<ProblemKind>; N]) -> Vec<ProblemKind> {
    cases.into_iter().flatten().collect()
}

/// Returns the status of a problem, from a number that the macro has checked.
#[must_use]
pub fn numbered_status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Returns the status of a problem, from a constant: the macro sees only its name, rustc its value.
///
/// # Panics
///
/// If the status is not an error status. The function is called in constants, where a panic is a compile
/// error.
#[must_use]
#[track_caller]
pub const fn named_status(status: StatusCode) -> StatusCode {
    assert!(is_error(status.as_u16()), "the status of a problem must be from 400 to 599 [inject/problem]");
    status
}
