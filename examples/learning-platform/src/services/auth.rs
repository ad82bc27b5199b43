//! Registration, login, refresh and logout.

use std::{net::IpAddr, sync::Arc, time::Duration};

use inject_runtime::{BackgroundTasks, Inject, service};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    ServiceError,
    mailer::{Mail, Mailer},
};
use crate::{
    core::security::{
        AccessToken, Password, PasswordError, Passwords, RateLimiter, RefreshToken, TokenError, Tokens,
        UserRole,
    },
    models::{
        token::{NewRefreshToken, Rotation, Successor},
        user::{NewUser, User},
    },
    repositories::{
        StorageError, account::AccountRepository, rotation::RotationRepository, token::TokenRepository,
        user::UserRepository,
    },
};

/// Time after which the queue of the hashes has probably advanced.
const HASH_RETRY: Duration = Duration::from_secs(2);

/// Service that authenticates users and manages their sessions.
///
/// The slow part, argon2, runs before the transaction begins, so that a login does not hold a database connection
/// meanwhile.
#[service(scope = request)]
pub struct AuthService {
    users: UserRepository,
    refresh_tokens: TokenRepository,
    accounts: Inject<AccountRepository>,
    rotation: Inject<RotationRepository>,
    passwords: Inject<Arc<Passwords>>,
    tokens: Inject<Arc<Tokens>>,
    limiter: Inject<Arc<RateLimiter>>,
    mailer: Inject<Arc<dyn Mailer>>,
    tasks: BackgroundTasks,
}

/// Input for a new account.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Email address, not normalized.
    pub email: String,
    /// Name of the user.
    pub name: String,
    /// Password for the login.
    pub password: Password,
    /// Grade of a student.
    pub grade_level: Option<i64>,
}

/// Tokens of a session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Token for requests, with a short lifetime.
    pub access: AccessToken,
    /// Token that continues the session.
    pub refresh: RefreshToken,
}

impl AuthService {
    /// Creates an account for a student. An admin can change the role later.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Conflict`] if an account with that email address exists, [`ServiceError::TooMany`] after
    /// too many registrations, and [`ServiceError::Busy`] if too many passwords are being hashed.
    pub async fn register(
        &mut self,
        registration: Registration,
        client: Option<IpAddr>,
    ) -> Result<User, ServiceError> {
        self.limiter.registration(client).map_err(too_many)?;
        let Registration { email, name, password, grade_level } = registration;
        let password_hash = self.passwords.hash(password).await.map_err(hash_error)?;
        let new = NewUser {
            email: normalize_email(&email),
            name,
            role: UserRole::Student,
            grade_level,
            password_hash,
        };
        // No query checks the email address first, because another request could insert it between the two
        // statements.
        let user = self.users.insert(new, Timestamp::now()).await.map_err(|error| match error {
            StorageError::Conflict(_) => {
                ServiceError::Conflict("an account with this email address already exists")
            }
            error => error.into(),
        })?;
        self.send_welcome_mail(&user);
        Ok(user)
    }

    /// Sends the welcome mail after the response, and only if the transaction is committed.
    fn send_welcome_mail(&self, user: &User) {
        let mailer = self.mailer.clone();
        let mail = Mail {
            to: user.email.clone(),
            subject: "Welcome to the book".to_owned(),
            text: format!("Hello {},\n\nyour account is ready. Enjoy the book!\n", user.name),
        };
        self.tasks.add("welcome mail", async move {
            if let Err(error) = mailer.send(mail).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot send the welcome mail");
            }
        });
    }

    /// Starts a session.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Credentials`] if the account does not exist, is deactivated, or has another password.
    /// The error does not reveal which, and each case takes the same time. Returns [`ServiceError::TooMany`] after
    /// too many attempts, and [`ServiceError::Busy`] if too many passwords are being hashed.
    pub async fn login(
        &mut self,
        email: &str,
        password: Password,
        client: Option<IpAddr>,
    ) -> Result<Session, ServiceError> {
        let email = normalize_email(email);
        self.limiter.login(&email, client).map_err(too_many)?;
        let user = self.accounts.find_by_email(&email).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let is_valid = self.passwords.verify(password, hash).await.map_err(hash_error)?;
        let user = user.filter(|user| is_valid && user.is_active()).ok_or(ServiceError::Credentials)?;

        let now = Timestamp::now();
        let session = self.create_session(user.id, now)?;
        self.refresh_tokens.delete_expired_of(user.id, now).await?;
        let token = NewRefreshToken {
            digest: session.refresh.digest(),
            family: Uuid::new_v4().to_string(),
            user_id: user.id,
            expires_at: session.refresh.expires_at,
        };
        self.refresh_tokens.insert(&token).await?;
        Ok(session)
    }

    /// Continues a session: marks the token as used, and returns new tokens.
    ///
    /// A token that was used before is known to two clients, and it is unknown which of them stole it. The whole
    /// session is therefore revoked, and its owner has to log in again.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Credentials`] if the token is invalid or the account is deactivated, and
    /// [`ServiceError::TooMany`] after too many requests.
    pub async fn refresh(&mut self, token: &str, client: Option<IpAddr>) -> Result<Session, ServiceError> {
        self.limiter.refresh(client).map_err(too_many)?;
        let now = Timestamp::now();
        let refresh = self.tokens.new_refresh_token(now);
        let successor = Successor { digest: refresh.digest(), expires_at: refresh.expires_at };
        let user_id = match self.rotation.rotate(&Tokens::digest(token), &successor, now).await? {
            Rotation::Rotated { user_id } => user_id,
            Rotation::Reused { user_id } => {
                tracing::warn!(user_id, "refresh token reused: its family is revoked");
                return Err(ServiceError::Credentials);
            }
            Rotation::Rejected => return Err(ServiceError::Credentials),
        };
        let user = self.accounts.find(user_id).await?;
        let user = user.filter(User::is_active).ok_or(ServiceError::Credentials)?;
        Ok(Session { access: self.tokens.issue(user.id, now).map_err(sign_error)?, refresh })
    }

    /// Ends the session of a refresh token. Access tokens remain valid until they expire, which is soon. An unknown
    /// token belongs to no session, so the call has no effect.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::TooMany`] after too many requests, and [`ServiceError::Storage`] if the database fails.
    pub async fn logout(&mut self, token: &str, client: Option<IpAddr>) -> Result<(), ServiceError> {
        self.limiter.refresh(client).map_err(too_many)?;
        self.refresh_tokens.revoke_family_of(&Tokens::digest(token), Timestamp::now()).await?;
        Ok(())
    }

    /// Ends all sessions of the owner of a refresh token.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`logout`](Self::logout).
    pub async fn logout_everywhere(
        &mut self,
        token: &str,
        client: Option<IpAddr>,
    ) -> Result<(), ServiceError> {
        self.limiter.refresh(client).map_err(too_many)?;
        let now = Timestamp::now();
        if let Some(user_id) = self.refresh_tokens.revoke_family_of(&Tokens::digest(token), now).await? {
            self.refresh_tokens.revoke_all_of(user_id, now).await?;
        }
        Ok(())
    }

    fn create_session(&self, user_id: i64, now: Timestamp) -> Result<Session, ServiceError> {
        Ok(Session {
            access: self.tokens.issue(user_id, now).map_err(sign_error)?,
            refresh: self.tokens.new_refresh_token(now),
        })
    }
}

/// Normalizes an email address. The local part is case-sensitive according to the standard, but not in practice.
fn normalize_email(email: &str) -> String {
    email.to_lowercase()
}

fn too_many(retry_after: Duration) -> ServiceError {
    ServiceError::TooMany { retry_after }
}

fn hash_error(error: PasswordError) -> ServiceError {
    let doing = "hashing a password";
    match error {
        PasswordError::Busy => ServiceError::Busy { doing, retry_after: HASH_RETRY },
        error => ServiceError::Internal { doing, source: error.into() },
    }
}

fn sign_error(error: TokenError) -> ServiceError {
    ServiceError::Internal { doing: "signing a token", source: error.into() }
}
