//! An endpoint lists variants of its error.

use inject_runtime::{Problem, get};

#[derive(Debug, thiserror::Error, Problem)]
pub enum ApiError {
    #[error("not found")]
    #[problem(status = 404)]
    NotFound,
    #[error("conflict")]
    #[problem(status = 409)]
    Conflict,
}

#[get("/", public, errors(NotFond))]
pub async fn show() -> Result<(), ApiError> {
    Err(ApiError::Conflict)
}

fn main() {}
