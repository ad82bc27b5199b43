//! Authentication, which this feature provides for the endpoints of all features.

use axum::response::{IntoResponse, Response};
use inject_runtime::{Bearer, Unauthorized, inject};

use super::{errors::UserError, schemas::Profile, service::UserService};

/// Principal: the user whose token the request carries.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub Profile);

/// Provider of the [`CurrentUser`]: looks up the bearer token of the request.
#[inject]
pub(super) async fn current_user(bearer: Bearer, mut users: UserService) -> Result<CurrentUser, AuthError> {
    match users.find_by_token(bearer.token()).await? {
        Some(profile) => Ok(CurrentUser(profile)),
        None => Err(AuthError::Unauthorized(Unauthorized::bearer().error("invalid_token"))),
    }
}

/// Error returned when a request cannot be authenticated.
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
