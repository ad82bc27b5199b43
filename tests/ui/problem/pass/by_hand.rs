//! A problem that attributes cannot describe is implemented by hand.

#![deny(warnings)]

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inject_runtime::{Problem, ToProblem};

#[derive(Debug, thiserror::Error)]
#[error("{0} are too many")]
struct TooMany(usize);

impl ToProblem for TooMany {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::TOO_MANY_REQUESTS).with_member("given", self.0).with_header("Retry-After", 60)
    }
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        Problem::respond_to(&self)
    }
}

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error(transparent)]
    #[problem(transparent)]
    TooMany(#[from] TooMany),
}

fn main() {
    assert_eq!(OrderError::from(TooMany(11)).into_response().status(), 429);
}
