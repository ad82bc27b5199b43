//! Users: who may see and change whom.

use inject_runtime::{Authorized, Role as _, service};
use jiff::Timestamp;

use super::ServiceError;
use crate::{
    core::{
        page::{Listed, Page},
        security::{ActiveUser, UserRole, roles},
    },
    models::user::{ProfileChange, User, UserFilter},
    repositories::{token::TokenRepository, user::UserRepository},
};

/// Everybody with an account.
#[service(scope = request)]
pub struct UserService {
    users: UserRepository,
    refresh_tokens: TokenRepository,
}

impl UserService {
    /// A user, whom they themselves and teachers may look at.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Forbidden`] for everybody else, whether there is such a user or not; [`ServiceError::NotFound`].
    pub async fn profile(&mut self, viewer: &ActiveUser, id: i64) -> Result<User, ServiceError> {
        if viewer.0.id != id && !UserRole::Teacher.is_granted_to(viewer) {
            return Err(ServiceError::Forbidden("students can look at nobody but themselves"));
        }
        self.users.find(id).await?.ok_or(unknown(id))
    }

    /// A page of the users that `filter` lets through.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
    pub async fn list(
        &mut self,
        _by: &Authorized<roles::Admin>,
        filter: &UserFilter,
        page: Page,
    ) -> Result<Listed<User>, ServiceError> {
        Ok(self.users.list(filter, page).await?)
    }

    /// Changes one's own account.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
    pub async fn update(&mut self, user: &ActiveUser, change: ProfileChange) -> Result<User, ServiceError> {
        let id = user.0.id;
        self.users.update_profile(id, change).await?.ok_or(unknown(id))
    }

    /// Gives a user another role. It counts from their next request on.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] if nobody would be left to do this.
    pub async fn set_role(
        &mut self,
        _by: &Authorized<roles::Admin>,
        id: i64,
        role: UserRole,
    ) -> Result<User, ServiceError> {
        if role != UserRole::Admin {
            self.keep_an_admin_beside(id).await?;
        }
        self.users.set_role(id, role).await?.ok_or(unknown(id))
    }

    /// Closes an account, and ends its sessions. What the user has written stays. To do so again changes nothing.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] if nobody would be left to do this.
    pub async fn deactivate(&mut self, _by: &Authorized<roles::Admin>, id: i64) -> Result<(), ServiceError> {
        self.keep_an_admin_beside(id).await?;
        let now = Timestamp::now();
        self.users.deactivate(id, now).await?.ok_or(unknown(id))?;
        self.refresh_tokens.revoke_all_of(id, now).await?;
        Ok(())
    }

    async fn keep_an_admin_beside(&mut self, id: i64) -> Result<(), ServiceError> {
        let admins = self.users.lock_admins().await?;
        let user = self.users.find(id).await?.ok_or(unknown(id))?;
        if user.role == UserRole::Admin && user.is_active() && admins <= 1 {
            return Err(ServiceError::Conflict("the last admin has to stay: make somebody else one first"));
        }
        Ok(())
    }
}

const fn unknown(id: i64) -> ServiceError {
    ServiceError::NotFound { what: "user", id }
}
