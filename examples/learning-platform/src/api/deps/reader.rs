//! User as a reader.

use inject_runtime::{Inject, inject};

use crate::{
    api::errors::ApiError,
    core::security::ActiveUser,
    services::rag::{Reader, ReaderService},
};

/// Provider of the [`Reader`]: the authenticated user with the own grade and the chapters in progress.
///
/// # Errors
///
/// Returns an error if the database fails.
#[inject(errors(Unavailable, Internal))]
pub async fn reader(user: ActiveUser, Inject(readers): Inject<ReaderService>) -> Result<Reader, ApiError> {
    Ok(readers.load(&user).await?)
}
