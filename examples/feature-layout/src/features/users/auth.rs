//! Who is asking: what this feature provides for the endpoints of all.

use axum::response::{IntoResponse, Response};
use inject_runtime::{Bearer, Unauthorized, inject};

use super::{errors::UserError, schemas::Profile, service::UserService};

/// Whose token came with the request.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub Profile);

/// Looks for the token.
#[inject]
pub(super) async fn current_user(bearer: Bearer, mut users: UserService) -> Result<CurrentUser, AuthError> {
    match users.with_token(bearer.token()).await? {
        Some(profile) => Ok(CurrentUser(profile)),
        None => Err(AuthError::Unauthorized(Unauthorized::bearer().error("invalid_token"))),
    }
}

/// Why nobody is let in.
#[derive(Debug)]
pub(super) enum AuthError {
    Unauthorized(Unauthorized),
    Failed(UserError),
}

impl From<UserError> for AuthError {
    fn from(error: UserError) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized(error) => error.into_response(),
            Self::Failed(error) => error.into_response(),
        }
    }
}
