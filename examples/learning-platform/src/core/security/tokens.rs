//! Tokens: signed ones, which say by themselves whose they are, and random ones, which the database knows.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use inject_runtime::common;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::CurrentUser;
use crate::{config::AuthSettings, models::token::TokenDigest};

/// Who makes the tokens, and for whom.
const ISSUER: &str = "learning-platform";

/// How far clocks may be apart, in seconds.
const LEEWAY: u64 = 5;

/// Makes tokens, and reads them.
pub struct Tokens {
    settings: Arc<AuthSettings>,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

#[common]
impl Tokens {
    /// With the secret in the settings.
    #[inject]
    #[must_use]
    pub fn new(settings: Arc<AuthSettings>) -> Self {
        let secret = settings.secret.expose_secret().as_bytes();
        // Not what the token itself says: `none`, say, or the public key of somebody taken for a secret.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.leeway = LEEWAY;
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            settings,
        }
    }
}

impl Tokens {
    /// A token that lets its bearer act for `user_id` until it expires: nobody can take it back.
    ///
    /// # Errors
    ///
    /// It cannot be signed, which should not happen.
    pub fn issue(&self, user_id: i64, now: Timestamp) -> Result<AccessToken, TokenError> {
        let expires_in = self.settings.access_lifetime;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: user_id.to_string(),
            iat: now.as_second(),
            exp: after(now, expires_in).as_second(),
            jti: Uuid::new_v4().to_string(),
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)?;
        Ok(AccessToken { token: token.into(), expires_in })
    }

    /// Whom the bearer of a token acts for.
    ///
    /// # Errors
    ///
    /// It is none of ours, or has expired. Why is for the log.
    pub fn read(&self, token: &str) -> Result<CurrentUser, TokenError> {
        let token = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation)?;
        let id = token.claims.sub.parse().map_err(|_| TokenError::Subject)?;
        Ok(CurrentUser { id })
    }

    /// A new refresh token: 256 random bits.
    #[must_use]
    pub fn new_refresh_token(&self, now: Timestamp) -> RefreshToken {
        let random: [u8; 32] = rand::random();
        RefreshToken {
            token: BASE64_URL_SAFE_NO_PAD.encode(random).into(),
            expires_at: after(now, self.settings.refresh_lifetime),
        }
    }

    /// What is kept of a refresh token.
    #[must_use]
    pub fn digest(token: &str) -> TokenDigest {
        TokenDigest::new(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token)))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What an access token says: RFC 7519, section 4.1.
#[derive(Deserialize, Serialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// A signed token, and how long it is good for.
#[derive(Clone, Debug)]
pub struct AccessToken {
    token: SecretString,
    /// From now on.
    pub expires_in: Duration,
}

impl AccessToken {
    /// For whom it was made.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.token.expose_secret()
    }
}

/// A random token, which can be exchanged once.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    token: SecretString,
    /// When it is no good any more.
    pub expires_at: Timestamp,
}

impl RefreshToken {
    /// For whom it was made.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.token.expose_secret()
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        Tokens::digest(self.expose())
    }
}

/// A token is no good.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Its form, its signature or what it says.
    #[error(transparent)]
    Jwt(#[from] jsonwebtoken::errors::Error),
    /// It speaks for nobody that there could be.
    #[error("the subject is no number")]
    Subject,
}

/// `duration` after `start`, or the end of time.
fn after(start: Timestamp, duration: Duration) -> Timestamp {
    start.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(secret: &str) -> Tokens {
        Tokens::new(Arc::new(AuthSettings {
            secret: secret.into(),
            access_lifetime: Duration::from_mins(15),
            refresh_lifetime: Duration::from_hours(336),
            login_attempts_per_minute: 5,
        }))
    }

    const SECRET: &str = "a secret that has at least 32 characters";

    #[test]
    fn a_token_says_whose_it_is() {
        let tokens = tokens(SECRET);
        let token = tokens.issue(7, Timestamp::now()).unwrap();
        assert_eq!(token.expires_in, Duration::from_mins(15));
        assert_eq!(tokens.read(token.expose()).unwrap(), CurrentUser { id: 7 });
    }

    #[test]
    fn two_tokens_differ() {
        let (tokens, now) = (tokens(SECRET), Timestamp::now());
        assert_ne!(tokens.issue(7, now).unwrap().expose(), tokens.issue(7, now).unwrap().expose());
        assert_ne!(tokens.new_refresh_token(now).expose(), tokens.new_refresh_token(now).expose());
    }

    #[test]
    fn a_token_of_somebody_else_is_none() {
        let token = tokens("another secret, of at least 32 characters").issue(7, Timestamp::now()).unwrap();
        assert!(tokens(SECRET).read(token.expose()).is_err());
    }

    #[test]
    fn a_token_expires() {
        let (tokens, now) = (tokens(SECRET), Timestamp::now());
        let issued = |minutes_ago| {
            let then = now.checked_sub(Duration::from_mins(minutes_ago)).unwrap();
            tokens.issue(7, then).unwrap()
        };
        assert!(tokens.read(issued(14).expose()).is_ok());
        assert!(tokens.read(issued(16).expose()).is_err());
    }

    #[test]
    fn a_digest_is_that_of_the_token() {
        let token = tokens(SECRET).new_refresh_token(Timestamp::now());
        assert_eq!(token.expose().len(), 43, "256 bits in base64");
        assert_eq!(token.digest(), Tokens::digest(token.expose()));
        assert!(!token.digest().as_str().contains(token.expose()));
        // As `printf '' | sha256sum` has it.
        assert_eq!(Tokens::digest("").as_str(), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }

    #[test]
    fn tokens_are_not_shown() {
        let tokens = tokens(SECRET);
        let (access, refresh) =
            (tokens.issue(7, Timestamp::now()).unwrap(), tokens.new_refresh_token(Timestamp::now()));
        let shown = format!("{tokens:?} {access:?} {refresh:?}");
        for secret in [SECRET, access.expose(), refresh.expose()] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
