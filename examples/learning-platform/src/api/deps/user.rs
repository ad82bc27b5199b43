//! Authentication of users, and the filter of a list of users.

use std::sync::Arc;

use inject_runtime::{Bearer, Inject, Unauthorized, inject};

use crate::{
    api::{errors::ApiError, extract::Query},
    core::{
        logging,
        security::{ActiveUser, CurrentUser, Tokens},
    },
    models::user::UserFilter,
    schemas::user::UserQuery,
    services::{ServiceError, account::AccountService},
};

/// Provider of the [`CurrentUser`]: authenticates a request by its access token, without a database query.
///
/// # Errors
///
/// Returns 401 without further detail if the token is missing, invalid or expired.
#[inject]
pub fn current_user(
    bearer: Bearer,
    Inject(tokens): Inject<Arc<Tokens>>,
) -> Result<CurrentUser, Unauthorized> {
    match tokens.read(bearer.token()) {
        Ok(user) => {
            logging::record_user(user.id);
            Ok(user)
        }
        Err(reason) => {
            tracing::debug!(%reason, "access token rejected");
            Err(invalid_token())
        }
    }
}

/// Provider of the [`ActiveUser`]: the [`CurrentUser`], if the account exists and is active.
///
/// # Errors
///
/// Returns the same response as for an invalid token if the account does not exist or is deactivated.
#[inject(errors(Unauthorized, Unavailable, Internal))]
pub async fn active_user(
    user: CurrentUser,
    Inject(accounts): Inject<AccountService>,
) -> Result<ActiveUser, ApiError> {
    accounts.load_active(user).await.map_err(|error| match error {
        ServiceError::Credentials => {
            tracing::debug!(user_id = user.id, "the account of the access token is missing or deactivated");
            invalid_token().into()
        }
        error => error.into(),
    })
}

fn invalid_token() -> Unauthorized {
    Unauthorized::bearer().error("invalid_token")
}

/// Provider of the [`UserFilter`].
#[inject]
pub fn user_filter(Query(query): Query<UserQuery>) -> UserFilter {
    query.into()
}
