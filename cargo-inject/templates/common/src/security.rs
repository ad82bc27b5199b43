//! Passwords and tokens.

use std::{
    num::NonZero,
    sync::{Arc, LazyLock},
    thread::available_parallelism,
};

use argon2::{
    Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash,
};
use inject_runtime::common;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::Error;

/// Number of passwords that may wait for each processor.
const WAITING: usize = 32;

/// Hashing of passwords with Argon2id, outside of the threads that answer requests.
///
/// A hash takes tens of milliseconds and 19 MiB. Each processor computes one at a time, and a queue of limited length waits. A password
/// that finds the queue full is refused at once, so that a flood of logins takes neither all threads nor all memory.
#[derive(Debug)]
pub struct Passwords {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

#[common]
impl Passwords {
    /// Creates the queue.
    #[inject]
    pub(crate) fn new() -> Self {
        let processors = available_parallelism().map_or(1, NonZero::get);
        Self {
            running: Arc::new(Semaphore::new(processors)),
            admitted: Arc::new(Semaphore::new(processors * (1 + WAITING))),
        }
    }
}

impl Passwords {
    /// Hashes a password, in the PHC string format.
    ///
    /// # Errors
    ///
    /// The queue is full, or the system provides no random bytes.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        self.blocking(move || hash(password.expose_secret())).await
    }

    /// Compares a password with a hash. Without a hash, because the account does not exist, the comparison takes the same time.
    ///
    /// # Errors
    ///
    /// The queue is full, or the hash is invalid.
    pub async fn verify(
        &self,
        password: SecretString,
        hash_of_account: Option<String>,
    ) -> Result<bool, Error> {
        static UNUSED: LazyLock<Option<String>> =
            LazyLock::new(|| hash("the password of no account").ok());
        self.blocking(move || {
            let exists = hash_of_account.is_some();
            let Some(hash) = hash_of_account.or_else(|| UNUSED.clone()) else {
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

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let Ok(admitted) = Arc::clone(&self.admitted).try_acquire_owned() else {
            return Err(Error::Busy);
        };
        // The semaphore is never closed.
        let running = Arc::clone(&self.running).acquire_owned().await.ok();
        let work = move || {
            // Until the work ends, even if the request is cancelled.
            let _permits = (admitted, running);
            work()
        };
        spawn_blocking(work)
            .await
            .unwrap_or_else(|error| Err(Error::Hash(error.into())))
    }
}

fn hash(password: &str) -> Result<String, Error> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| Error::Hash(error.into()))?;
    Ok(hash.to_string())
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
