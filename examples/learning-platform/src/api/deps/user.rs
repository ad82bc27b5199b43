//! Who makes the request, and whom it is about.

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

/// Whoever the token speaks for. Nothing is looked up.
///
/// # Errors
///
/// There is no token, or none of ours, or one that has expired: 401, which does not say more than that.
#[inject]
pub fn current_user(
    bearer: Bearer,
    Inject(tokens): Inject<Arc<Tokens>>,
) -> Result<CurrentUser, Unauthorized> {
    match tokens.read(bearer.token()) {
        Ok(user) => {
            logging::on_behalf_of(user.id);
            Ok(user)
        }
        Err(reason) => {
            tracing::debug!(%reason, "an access token was refused");
            Err(no_longer_valid())
        }
    }
}

/// The same, if the account is there and can be used.
///
/// # Errors
///
/// It is not: the same answer as for a token that is no good.
#[inject]
pub async fn active_user(
    user: CurrentUser,
    Inject(accounts): Inject<AccountService>,
) -> Result<ActiveUser, ApiError> {
    accounts.active(user).await.map_err(|error| match error {
        ServiceError::Credentials => {
            tracing::debug!(user_id = user.id, "the account of an access token cannot be used");
            no_longer_valid().into()
        }
        error => error.into(),
    })
}

fn no_longer_valid() -> Unauthorized {
    Unauthorized::bearer().error("invalid_token")
}

/// Which users are asked for.
#[inject]
pub fn user_filter(Query(query): Query<UserQuery>) -> UserFilter {
    query.into()
}
