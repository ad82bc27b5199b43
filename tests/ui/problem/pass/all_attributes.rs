//! All attributes together, without a warning.

#![deny(warnings)]

use inject_runtime::{Problem, ToProblem};

mod status {
    pub(crate) const GONE: axum::http::StatusCode = axum::http::StatusCode::GONE;
}

const LIMIT: u64 = 10;

#[derive(Debug, thiserror::Error, Problem)]
pub enum OrderError {
    #[error("something")]
    Internal,
    #[error("nothing")]
    #[problem(status = 404)]
    Unknown,
    #[error("{number} > {LIMIT}: {unit}")]
    #[problem(
        status = PAYLOAD_TOO_LARGE,
        type = "https://example.org/too-large",
        title = "Too large",
        detail = "{number} is more than {LIMIT}"
    )]
    TooLarge { number: u64, unit: &'static str },
    #[error("{0} {1} {2}")]
    #[problem(status = status::GONE, detail = "{2:>1$}")]
    Gone(u64, usize, &'static str),
    #[error("who are you?")]
    #[problem(status = 401, challenge = "Bearer", detail)]
    Anonymous,
    #[error(transparent)]
    #[problem(transparent)]
    Inner { inner: Inner },
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("no {0}")]
#[problem(crate = inject_runtime, status = 422, detail)]
pub struct Inner(&'static str);

/// An error that borrows.
#[derive(Debug, thiserror::Error, Problem)]
#[error("no {name}")]
#[problem(status = 400, detail = "no {name}")]
pub struct Borrowing<'a, T: std::fmt::Display + std::fmt::Debug> {
    name: &'a T,
}

#[derive(Debug, thiserror::Error, Problem)]
pub enum Never {}

fn main() {
    assert_eq!(OrderError::Internal.to_problem().detail(), None);
    assert_eq!(OrderError::Unknown.to_problem().status(), 404);
    let too_large = OrderError::TooLarge { number: 11, unit: "books" }.to_problem();
    assert_eq!(too_large.detail(), Some("11 is more than 10"));
    assert_eq!(OrderError::Gone(1, 3, "x").to_problem().detail(), Some("  x"));
    assert_eq!(OrderError::Anonymous.to_problem().headers()["www-authenticate"], "Bearer");
    assert_eq!(OrderError::Inner { inner: Inner("time") }.to_problem().detail(), Some("no time"));
    assert_eq!(Borrowing { name: &"name" }.to_problem().detail(), Some("no name"));
    let _: fn(&Never) -> Problem = ToProblem::to_problem;
}
