//! Who makes a request.

use inject_runtime::service;

use super::ServiceError;
use crate::{
    core::security::{ActiveUser, CurrentUser},
    models::user::User,
    repositories::account::AccountRepository,
};

/// Knows which accounts can be used.
#[service]
pub struct AccountService {
    accounts: AccountRepository,
}

impl AccountService {
    /// The user for whom a token speaks: with the role that they have now, and not with one that the token remembers.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Credentials`] if there is no such account, or it cannot be used.
    pub async fn active(&self, user: CurrentUser) -> Result<ActiveUser, ServiceError> {
        let user = self.accounts.find(user.id).await?;
        user.filter(User::is_active).map(ActiveUser).ok_or(ServiceError::Credentials)
    }
}
