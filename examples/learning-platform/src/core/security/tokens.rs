//! Tokens: signed access tokens, which contain the user, and random refresh tokens, which are stored in the database.

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

/// Issuer of the tokens.
const ISSUER: &str = "learning-platform";

/// Maximum difference of clocks in seconds.
const LEEWAY: u64 = 5;

/// Component that issues and verifies tokens.
pub struct Tokens {
    settings: Arc<AuthSettings>,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

#[common]
impl Tokens {
    /// Creates the component with the secret of the settings.
    #[inject]
    #[must_use]
    pub fn new(settings: Arc<AuthSettings>) -> Self {
        let secret = settings.secret.expose_secret().as_bytes();
        // The algorithm is fixed instead of taken from the token, which could name `none`, or an algorithm that
        // treats a public key as the secret.
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
    /// Issues a token that authenticates its bearer as `user_id` until it expires. It cannot be revoked.
    ///
    /// # Errors
    ///
    /// Returns an error if the token cannot be signed, which should not happen.
    pub fn issue(&self, user_id: i64, now: Timestamp) -> Result<AccessToken, TokenError> {
        let expires_in = self.settings.access_lifetime;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: user_id.to_string(),
            iat: now.as_second(),
            exp: add_saturating(now, expires_in).as_second(),
            jti: Uuid::new_v4().to_string(),
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)?;
        Ok(AccessToken { token: token.into(), expires_in })
    }

    /// Verifies a token, and returns its user.
    ///
    /// # Errors
    ///
    /// Returns an error if the token is invalid or expired. The reason is for the log.
    pub fn read(&self, token: &str) -> Result<CurrentUser, TokenError> {
        let token = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation)?;
        let id = token.claims.sub.parse().map_err(|_| TokenError::Subject)?;
        Ok(CurrentUser { id })
    }

    /// Creates a new refresh token of 256 random bits.
    #[must_use]
    pub fn new_refresh_token(&self, now: Timestamp) -> RefreshToken {
        let random: [u8; 32] = rand::random();
        RefreshToken {
            token: BASE64_URL_SAFE_NO_PAD.encode(random).into(),
            expires_at: add_saturating(now, self.settings.refresh_lifetime),
        }
    }

    /// Computes the digest under which a refresh token is stored.
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

/// Claims of an access token: RFC 7519, section 4.1.
#[derive(Deserialize, Serialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Signed token and its lifetime.
#[derive(Clone, Debug)]
pub struct AccessToken {
    token: SecretString,
    /// Lifetime from now on.
    pub expires_in: Duration,
}

impl AccessToken {
    /// Returns the token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.token.expose_secret()
    }
}

/// Random token that can be exchanged once.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    token: SecretString,
    /// Time at which the token expires.
    pub expires_at: Timestamp,
}

impl RefreshToken {
    /// Returns the token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.token.expose_secret()
    }

    /// Returns the digest under which the token is stored.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        Tokens::digest(self.expose())
    }
}

/// Error returned when a token is invalid.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The format, the signature or a claim is invalid.
    #[error(transparent)]
    Jwt(#[from] jsonwebtoken::errors::Error),
    /// The subject is not a user id.
    #[error("the subject is not a number")]
    Subject,
}

/// Adds `duration` to `start`, or returns the maximum time on overflow.
fn add_saturating(start: Timestamp, duration: Duration) -> Timestamp {
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
            registrations_per_minute: 5,
            refreshes_per_minute: 5,
        }))
    }

    const SECRET: &str = "a secret that has at least 32 characters";

    #[test]
    fn an_issued_token_identifies_its_user() {
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
    fn a_token_with_another_signature_is_rejected() {
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
    fn a_digest_is_computed_from_the_token() {
        let token = tokens(SECRET).new_refresh_token(Timestamp::now());
        assert_eq!(token.expose().len(), 43, "256 bits in base64");
        assert_eq!(token.digest(), Tokens::digest(token.expose()));
        assert!(!token.digest().as_str().contains(token.expose()));
        // The output of `printf '' | sha256sum`, in base64.
        assert_eq!(Tokens::digest("").as_str(), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }

    #[test]
    fn debug_output_does_not_contain_tokens() {
        let tokens = tokens(SECRET);
        let (access, refresh) =
            (tokens.issue(7, Timestamp::now()).unwrap(), tokens.new_refresh_token(Timestamp::now()));
        let output = format!("{tokens:?} {access:?} {refresh:?}");
        for secret in [SECRET, access.expose(), refresh.expose()] {
            assert!(!output.contains(secret), "{output}");
        }
    }
}
