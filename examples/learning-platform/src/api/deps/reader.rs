//! Who asks, as a reader.

use inject_runtime::{Inject, inject};

use crate::{
    api::errors::ApiError,
    core::security::ActiveUser,
    services::rag::{Reader, ReaderService},
};

/// Whoever makes the request, with the grade that they are in and the chapters that they have begun.
///
/// # Errors
///
/// The database is to blame.
#[inject]
pub async fn reader(user: ActiveUser, Inject(readers): Inject<ReaderService>) -> Result<Reader, ApiError> {
    Ok(readers.reader(&user).await?)
}
