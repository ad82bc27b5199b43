//! Functions that `#[derive(Problem)]` calls.

use std::error::Error;

use axum::{http::StatusCode, response::Response};

use super::{Problem, ProblemKind, ToProblem, is_error};

/// An error, for expansions: words the message for a type that derives `Problem` and is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error",
    label = "expected a type that implements `std::error::Error`",
    note = "[inject/problem] derive `thiserror::Error` for `{Self}`, or implement `std::error::Error`"
)]
pub trait Failure: Sized {
    /// What it says.
    fn text(&self) -> String;

    /// [`Problem::respond_to`].
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

/// What an error can be, from what each of its cases can be.
#[must_use]
pub fn all_kinds<const N: usize>(cases: [Vec<ProblemKind>; N]) -> Vec<ProblemKind> {
    cases.into_iter().flatten().collect()
}

/// The status of a problem, from a number that the macro has looked at.
#[must_use]
pub fn numbered_status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The status of a problem, from a constant. The macro sees its name only, rustc its value.
///
/// # Panics
///
/// The status is no error. It is called in constants, where this is an error of rustc.
#[must_use]
#[track_caller]
pub const fn named_status(status: StatusCode) -> StatusCode {
    assert!(is_error(status.as_u16()), "a problem has a status from 400 to 599 [inject/problem]");
    status
}
