//! Business logic of users, with the permissions to see and change them.

use inject_runtime::{Authorized, Role as _, service};
use jiff::Timestamp;

use super::ServiceError;
use crate::{
    core::{
        page::{ListPage, Page},
        security::{ActiveUser, UserRole, roles},
    },
    models::user::{ProfileChange, User, UserFilter},
    repositories::{token::TokenRepository, user::UserRepository},
};

/// Service that manages users.
#[service(scope = request)]
pub struct UserService {
    users: UserRepository,
    refresh_tokens: TokenRepository,
}

impl UserService {
    /// Returns a user. Users may see themselves, and teachers may see all users.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Forbidden`] for other callers, whether the user exists or not, and
    /// [`ServiceError::NotFound`] if the user does not exist.
    pub async fn profile(&mut self, viewer: &ActiveUser, id: i64) -> Result<User, ServiceError> {
        if viewer.0.id != id && !UserRole::Teacher.is_granted_to(viewer) {
            return Err(ServiceError::Forbidden("students can see only their own account"));
        }
        self.users.find(id).await?.ok_or(not_found(id))
    }

    /// Returns a page of the users that match `filter`.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Storage`] if the database fails.
    pub async fn list(
        &mut self,
        _by: &Authorized<roles::Admin>,
        filter: &UserFilter,
        page: Page,
    ) -> Result<ListPage<User>, ServiceError> {
        Ok(self.users.list(filter, page).await?)
    }

    /// Changes the own account.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Storage`] if the database fails.
    pub async fn update(&mut self, user: &ActiveUser, change: ProfileChange) -> Result<User, ServiceError> {
        let id = user.0.id;
        self.users.update_profile(id, change).await?.ok_or(not_found(id))
    }

    /// Changes the role of a user. The change applies to the next request of the user.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::NotFound`] if the user does not exist, and [`ServiceError::Conflict`] if no admin
    /// would remain.
    pub async fn set_role(
        &mut self,
        _by: &Authorized<roles::Admin>,
        id: i64,
        role: UserRole,
    ) -> Result<User, ServiceError> {
        if role != UserRole::Admin {
            self.ensure_another_admin(id).await?;
        }
        self.users.set_role(id, role).await?.ok_or(not_found(id))
    }

    /// Deactivates an account, and ends its sessions. The chapters of the user remain. The call is idempotent.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::NotFound`] if the user does not exist, and [`ServiceError::Conflict`] if no admin
    /// would remain.
    pub async fn deactivate(&mut self, _by: &Authorized<roles::Admin>, id: i64) -> Result<(), ServiceError> {
        self.ensure_another_admin(id).await?;
        let now = Timestamp::now();
        self.users.deactivate(id, now).await?.ok_or(not_found(id))?;
        self.refresh_tokens.revoke_all_of(id, now).await?;
        Ok(())
    }

    async fn ensure_another_admin(&mut self, id: i64) -> Result<(), ServiceError> {
        let admins = self.users.lock_admins().await?;
        let user = self.users.find(id).await?.ok_or(not_found(id))?;
        if user.role == UserRole::Admin && user.is_active() && admins <= 1 {
            return Err(ServiceError::Conflict(
                "at least one admin must remain: make another user an admin first",
            ));
        }
        Ok(())
    }
}

const fn not_found(id: i64) -> ServiceError {
    ServiceError::NotFound { kind: "user", id }
}
