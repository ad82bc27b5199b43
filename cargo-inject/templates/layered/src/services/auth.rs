//! Accounts and sessions.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use inject_runtime::{Inject, service};

use crate::{
    error::Error,
    models::User,
    page::Page,
    principal::UserRole,
    repositories::{SessionRepository, UserRepository},
    schemas::{Credentials, Session, UserResponse},
    security::{Passwords, digest, new_token},
    settings::Settings,
};

/// Service for accounts and sessions.
#[service(scope = request)]
pub struct AuthService {
    users: UserRepository,
    sessions: SessionRepository,
    passwords: Inject<Passwords>,
    settings: Inject<Arc<Settings>>,
}

impl AuthService {
    /// Creates an account and a session.
    ///
    /// # Errors
    ///
    /// An account with this address exists.
    pub async fn register(&mut self, credentials: Credentials) -> Result<Session, Error> {
        let hash = self.passwords.hash(credentials.password).await?;
        let role = if self.users.are_any().await? {
            UserRole::Member
        } else {
            UserRole::Admin
        };
        match self
            .users
            .insert(&credentials.email.to_lowercase(), &hash, role.as_str())
            .await
        {
            Ok(user) => self.begin(user).await,
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                Err(Error::Conflict("there is an account with this address"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Creates a session.
    ///
    /// # Errors
    ///
    /// The address or the password is wrong. The error does not tell which.
    pub async fn login(&mut self, credentials: Credentials) -> Result<Session, Error> {
        let user = self
            .users
            .with_email(&credentials.email.to_lowercase())
            .await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let is_right = self.passwords.verify(credentials.password, hash).await?;
        match user {
            Some(user) if is_right => self.begin(user).await,
            _ => Err(Error::Credentials),
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn logout(&mut self, token: &str) -> Result<(), Error> {
        Ok(self.sessions.remove(&digest(token)).await?)
    }

    /// Finds the user of a session.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn user_of(&mut self, token: &str) -> Result<Option<User>, Error> {
        Ok(self.sessions.user_of(&digest(token), now()).await?)
    }

    /// Lists all accounts.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn list(&mut self, page: Page) -> Result<Vec<UserResponse>, Error> {
        let users = self.users.list(page.limit, page.offset).await?;
        Ok(users.into_iter().map(UserResponse::from).collect())
    }

    async fn begin(&mut self, user: User) -> Result<Session, Error> {
        let token = new_token();
        let expires_at = now() + self.settings.auth.session_hours * 3600;
        self.sessions
            .insert(&digest(&token), user.id, expires_at)
            .await?;
        Ok(Session {
            token,
            user: user.into(),
        })
    }
}

/// Seconds since 1970-01-01T00:00:00Z.
fn now() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}
