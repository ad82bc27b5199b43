//! Password hashing with argon2id on blocking threads.

use std::{fmt, num::NonZero, sync::Arc, thread};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use inject_runtime::common;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny},
};
use tokio::{sync::Semaphore, task};

/// Memory of a hash in KiB and number of passes: the second of the recommended configurations in the OWASP
/// [Password Storage Cheat Sheet](https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id).
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Length of the queue for each processor.
const WAITING_PER_PROCESSOR: usize = 32;

/// Password in plain text. `Debug` does not show it, it is overwritten when it is dropped, and errors do not contain
/// it.
#[derive(Clone)]
pub struct Password(SecretString);

impl Password {
    /// Returns the plain text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Self(password.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password").finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Text or any other value. The error of serde for a value of another type would contain the value: `invalid
        /// type: integer 12345678`.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Input {
            Text(String),
            Other(IgnoredAny),
        }
        match Input::deserialize(deserializer)? {
            Input::Text(text) => Ok(Self(text.into())),
            Input::Other(_) => Err(D::Error::custom("a password must be a string")),
        }
    }
}

/// Component that hashes and verifies passwords.
///
/// A hash takes some tens of milliseconds and 19 MiB. It is therefore computed on a thread for blocking work, and the
/// number of concurrent computations is limited to the number of processors. Further requests wait in a queue of
/// limited length. If it is full, the result is [`PasswordError::Busy`] at once: a flood of logins takes neither the
/// threads for blocking work nor the memory, and no request waits until its client has given up.
///
/// The component is a singleton, so that the limits apply to the whole process.
#[derive(Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Permits of the computations.
    running: Arc<Semaphore>,
    /// Permits of the computations and of those that wait for one.
    admitted: Arc<Semaphore>,
}

/// Error returned when a password cannot be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many computations are waiting.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The stored value is not a valid hash, or argon2 rejects it.
    #[error("argon2 failed")]
    Argon2(#[from] argon2::password_hash::phc::Error),
    /// Argon2 rejects the password.
    #[error("argon2 failed")]
    Hash(#[from] argon2::password_hash::Error),
    /// The thread panicked or was cancelled.
    #[error("the thread that hashes passwords failed")]
    Thread(#[from] task::JoinError),
}

#[common]
impl Passwords {
    /// Creates the component with a computation for each processor, and a queue that takes about a second.
    ///
    /// # Errors
    ///
    /// Returns an error if argon2 rejects the parameters, which are constants.
    #[inject]
    pub fn new() -> Result<Self, argon2::Error> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self::with_limits(processors, processors * WAITING_PER_PROCESSOR)
    }
}

impl Passwords {
    /// Creates the component with a number of concurrent computations, and a length of the queue.
    ///
    /// # Errors
    ///
    /// Returns the error of [`new`](Self::new).
    pub fn with_limits(running: usize, waiting: usize) -> Result<Self, argon2::Error> {
        let params = Params::new(MEMORY, PASSES, LANES, None)?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            running: Arc::new(Semaphore::new(running)),
            admitted: Arc::new(Semaphore::new(running + waiting)),
        })
    }

    /// Hashes a password with a new salt. The result has the PHC string format.
    ///
    /// # Errors
    ///
    /// Returns [`PasswordError::Busy`] if the queue is full, and another error if argon2 or its thread fails.
    pub async fn hash(&self, password: Password) -> Result<String, PasswordError> {
        self.run_blocking(move |argon2| Ok(argon2.hash_password(password.expose().as_bytes())?.to_string()))
            .await
    }

    /// Returns whether the password matches the hash. Without a hash, because the user does not exist, the result is
    /// `false` after the same computation time, so that the response time does not reveal which accounts exist.
    ///
    /// # Errors
    ///
    /// Returns [`PasswordError::Busy`] if the queue is full, and another error if the stored value is not a hash, or if
    /// argon2 or its thread fails.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, PasswordError> {
        let Some(hash) = hash else {
            self.hash(password).await?;
            return Ok(false);
        };
        self.run_blocking(move |argon2| {
            let hash = PasswordHash::new(&hash)?;
            match argon2.verify_password(password.expose().as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        // The semaphore is never closed, so this always acquires a permit.
        let running = Arc::clone(&self.running).acquire_owned().await.ok();
        let argon2 = self.argon2.clone();
        let work = move || {
            // The permits are held until the computation ends, even if the caller is cancelled.
            let _permits = (admitted, running);
            work(&argon2)
        };
        task::spawn_blocking(work).await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new().unwrap()
    }

    #[tokio::test]
    async fn a_password_is_verified_by_its_hash() {
        let passwords = passwords();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct house".into(), Some(hash.clone())).await.unwrap());
        assert_ne!(passwords.hash("correct horse".into()).await.unwrap(), hash, "each hash has its own salt");
    }

    #[tokio::test]
    async fn a_full_queue_is_refused_at_once() {
        let passwords = Passwords::with_limits(1, 2).unwrap();
        let hash = || passwords.hash("correct horse".into());
        let results = futures_util::future::join_all((0..10).map(|_| hash())).await;
        let busy = results.iter().filter(|result| matches!(result, Err(PasswordError::Busy))).count();
        assert_eq!((busy, results.iter().filter(|result| result.is_ok()).count()), (7, 3));
        // A caller that gives up leaves the queue.
        for _ in 0..10 {
            drop(futures_util::poll!(std::pin::pin!(hash())));
        }
        hash().await.unwrap();
    }

    #[tokio::test]
    async fn verification_without_a_hash_fails() {
        assert!(!passwords().verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn an_invalid_hash_is_an_error() {
        assert!(passwords().verify("correct horse".into(), Some("plain".to_owned())).await.is_err());
    }

    #[test]
    fn debug_output_and_errors_do_not_contain_the_password() {
        assert!(!format!("{:?}", Password::from("correct horse")).contains("horse"));
        let error = serde_json::from_str::<Password>("12345678").unwrap_err().to_string();
        assert_eq!(error, "a password must be a string");
    }
}
