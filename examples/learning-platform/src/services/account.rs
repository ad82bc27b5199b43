//! Authentication of accounts.

use inject_runtime::service;

use super::ServiceError;
use crate::{
    core::security::{ActiveUser, CurrentUser},
    models::user::User,
    repositories::account::AccountRepository,
};

/// Service that checks whether accounts are active.
#[service]
pub struct AccountService {
    accounts: AccountRepository,
}

impl AccountService {
    /// Returns the user of an access token, with the current role from the database instead of one from the token.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Credentials`] if the account does not exist or is deactivated.
    pub async fn load_active(&self, user: CurrentUser) -> Result<ActiveUser, ServiceError> {
        let user = self.accounts.find(user.id).await?;
        user.filter(User::is_active).map(ActiveUser).ok_or(ServiceError::Credentials)
    }
}
