//! Accounts and sessions: to register, log in, stay logged in, log out.

use std::{net::IpAddr, sync::Arc};

use inject_runtime::{BackgroundTasks, Inject, service};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    ServiceError,
    mailer::{Mail, Mailer},
};
use crate::{
    core::security::{
        AccessToken, LoginLimiter, Password, PasswordError, Passwords, RefreshToken, TokenError, Tokens,
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

/// Lets people in.
///
/// What takes long, argon2, is done before the transaction has begun: nobody waits for a connection because somebody else logs in.
#[service(scope = request)]
pub struct AuthService {
    users: UserRepository,
    refresh_tokens: TokenRepository,
    accounts: Inject<AccountRepository>,
    rotation: Inject<RotationRepository>,
    passwords: Inject<Arc<Passwords>>,
    tokens: Inject<Arc<Tokens>>,
    limiter: Inject<Arc<LoginLimiter>>,
    mailer: Inject<Arc<dyn Mailer>>,
    tasks: BackgroundTasks,
}

/// Somebody who wants an account.
#[derive(Clone, Debug)]
pub struct Registration {
    /// In upper or lower case.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// What they will log in with.
    pub password: Password,
    /// The grade that they are in.
    pub grade_level: Option<i64>,
}

/// Whoever has it is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// For the requests of the next minutes.
    pub access: AccessToken,
    /// For the next session.
    pub refresh: RefreshToken,
}

impl AuthService {
    /// Makes an account, for a student: who is more than that, an admin says.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Conflict`] if there is an account with that email.
    pub async fn register(&mut self, registration: Registration) -> Result<User, ServiceError> {
        let Registration { email, name, password, grade_level } = registration;
        let password_hash = self.passwords.hash(password).await.map_err(hashing)?;
        let new =
            NewUser { email: normalized(&email), name, role: UserRole::Student, grade_level, password_hash };
        // Not looked for first: between the two somebody else could take it.
        let user = self.users.insert(new, Timestamp::now()).await.map_err(|error| match error {
            StorageError::Conflict(_) => {
                ServiceError::Conflict("there is an account with this email already")
            }
            error => error.into(),
        })?;
        self.welcome(&user);
        Ok(user)
    }

    /// After the answer, and only if the account is really there.
    fn welcome(&self, user: &User) {
        let mailer = self.mailer.clone();
        let mail = Mail {
            to: user.email.clone(),
            subject: "Welcome to the book".to_owned(),
            text: format!("Hello {},\n\nyour account is ready. Enjoy the book!\n", user.name),
        };
        self.tasks.add("welcome mail", async move {
            if let Err(error) = mailer.send(mail).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "no welcome mail");
            }
        });
    }

    /// Begins a session.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Credentials`] if there is no such account, it cannot be used, or has another password: which of them, is not
    /// told, and takes the same time to find out. [`ServiceError::TooMany`] if somebody tries too often.
    pub async fn login(
        &mut self,
        email: &str,
        password: Password,
        client: Option<IpAddr>,
    ) -> Result<Session, ServiceError> {
        let email = normalized(email);
        self.limiter.check(&email, client).map_err(|retry_after| ServiceError::TooMany { retry_after })?;
        let user = self.accounts.find_by_email(&email).await?;
        let hash = user.as_ref().map(|it| it.password_hash.clone());
        let is_right = self.passwords.verify(password, hash).await.map_err(hashing)?;
        let user = user.filter(|it| is_right && it.is_active()).ok_or(ServiceError::Credentials)?;

        let now = Timestamp::now();
        let session = self.session(user.id, now)?;
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

    /// Goes on with a session: the token is used up, the session has the next one.
    ///
    /// A token that has been used up before is in two hands, and nobody knows which of them it was stolen by. So nobody can go on with the
    /// session that it belongs to, and the owner has to log in again.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Credentials`] if the token is no good, or the account cannot be used.
    pub async fn refresh(&mut self, token: &str) -> Result<Session, ServiceError> {
        let now = Timestamp::now();
        let refresh = self.tokens.new_refresh_token(now);
        let successor = Successor { digest: refresh.digest(), expires_at: refresh.expires_at };
        let user_id = match self.rotation.rotate(&Tokens::digest(token), &successor, now).await? {
            Rotation::Rotated { user_id } => user_id,
            Rotation::Reused { user_id } => {
                tracing::warn!(user_id, "a refresh token was used twice: its family is revoked");
                return Err(ServiceError::Credentials);
            }
            Rotation::Refused => return Err(ServiceError::Credentials),
        };
        let user = self.accounts.find(user_id).await?;
        let user = user.filter(User::is_active).ok_or(ServiceError::Credentials)?;
        Ok(Session { access: self.tokens.issue(user.id, now).map_err(signing)?, refresh })
    }

    /// Ends the session that a refresh token belongs to. Access tokens go on being good until they expire, which is soon. One that is
    /// unknown belongs to no session, and nothing has to be done.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
    pub async fn logout(&mut self, token: &str) -> Result<(), ServiceError> {
        self.refresh_tokens.revoke_family_of(&Tokens::digest(token), Timestamp::now()).await?;
        Ok(())
    }

    /// Ends all sessions of whoever has that refresh token.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
    pub async fn logout_everywhere(&mut self, token: &str) -> Result<(), ServiceError> {
        let now = Timestamp::now();
        if let Some(user_id) = self.refresh_tokens.revoke_family_of(&Tokens::digest(token), now).await? {
            self.refresh_tokens.revoke_all_of(user_id, now).await?;
        }
        Ok(())
    }

    fn session(&self, user_id: i64, now: Timestamp) -> Result<Session, ServiceError> {
        Ok(Session {
            access: self.tokens.issue(user_id, now).map_err(signing)?,
            refresh: self.tokens.new_refresh_token(now),
        })
    }
}

/// An email as it is kept. Servers may tell `Ada@example.org` from `ada@example.org`; none does, and people do not.
fn normalized(email: &str) -> String {
    email.to_lowercase()
}

fn hashing(error: PasswordError) -> ServiceError {
    ServiceError::Internal { doing: "hashing a password", source: error.into() }
}

fn signing(error: TokenError) -> ServiceError {
    ServiceError::Internal { doing: "signing a token", source: error.into() }
}
