//! Passwords and tokens.

use std::sync::LazyLock;

use argon2::{
    Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash,
};
use inject_runtime::common;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use crate::error::Error;

/// Hashing of passwords with Argon2id, outside of the threads that answer requests.
#[common]
pub struct Passwords;

impl Passwords {
    /// Hashes a password, in the PHC string format.
    ///
    /// # Errors
    ///
    /// The system provides no random bytes.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        blocking(move || hash(&password)).await
    }

    /// Compares a password with a hash. Without a hash, because the account does not exist, the comparison takes the same time.
    ///
    /// # Errors
    ///
    /// The hash is invalid.
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        static UNUSED: LazyLock<Option<String>> =
            LazyLock::new(|| hash_of("the password of no account").ok());
        blocking(move || {
            let exists = hash.is_some();
            let Some(hash) = hash.or_else(|| UNUSED.clone()) else {
                return Ok(false);
            };
            let hash = PasswordHash::new(&hash).map_err(|error| Error::Hash(error.into()))?;
            let is_right = Argon2::default()
                .verify_password(password.expose_secret().as_bytes(), &hash)
                .is_ok();
            Ok(exists && is_right)
        })
        .await
    }
}

fn hash(password: &SecretString) -> Result<String, Error> {
    hash_of(password.expose_secret())
}

fn hash_of(password: &str) -> Result<String, Error> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| Error::Hash(error.into()))?;
    Ok(hash.to_string())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::Hash(error.into())))
}

/// Token for a new session: 256 random bits.
#[must_use]
pub fn new_token() -> String {
    format!(
        "{:032x}{:032x}",
        rand::random::<u128>(),
        rand::random::<u128>()
    )
}

/// Digest of a token, for the database. A token is random and long, so a fast hash is sufficient.
#[must_use]
pub fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
