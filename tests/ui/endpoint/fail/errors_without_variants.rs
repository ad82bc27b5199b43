//! `errors(..)` lists at least one variant, each of them once.

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

#[get("/", public, errors())]
pub async fn none() -> Result<(), ApiError> {
    Err(ApiError::Conflict)
}

#[get("/", public, errors = NotFound)]
pub async fn value() -> Result<(), ApiError> {
    Err(ApiError::Conflict)
}

#[get("/", public, errors(ApiError::NotFound))]
pub async fn path() -> Result<(), ApiError> {
    Err(ApiError::NotFound)
}

#[get("/", public, errors(Conflict, NotFound, Conflict))]
pub async fn twice() -> Result<(), ApiError> {
    Err(ApiError::Conflict)
}

fn main() {}
