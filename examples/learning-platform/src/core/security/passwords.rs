//! Passwords: argon2id, off the async threads.

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

/// How much memory a hash takes, in KiB, and how often it goes over it: the second of the choices in OWASP's
/// [Password Storage Cheat Sheet](https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id).
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password, as somebody has typed it. It is not shown by `Debug`, is overwritten when it is dropped, and errors do not repeat it.
#[derive(Clone)]
pub struct Password(SecretString);

impl Password {
    /// As it was typed.
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
        /// serde's own error about what is no text would quote it: `invalid type: integer 12345678`.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Typed {
            Text(String),
            Other(IgnoredAny),
        }
        match Typed::deserialize(deserializer)? {
            Typed::Text(text) => Ok(Self(text.into())),
            Typed::Other(_) => Err(D::Error::custom("a password is a text")),
        }
    }
}

/// Hashes and checks passwords.
///
/// That takes some tens of milliseconds and 19 MiB, so it is done on threads for blocking work, and as often at the same time as there are
/// processors: everybody else waits. The container has one of these, since they have to be counted together.
#[derive(Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
    places: Arc<Semaphore>,
}

/// A password could not be hashed, or a hash not be read.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Argon2 does not take it, or what is kept is no hash.
    #[error("argon2 failed")]
    Argon2(#[from] argon2::password_hash::phc::Error),
    /// Argon2 does not take it.
    #[error("argon2 failed")]
    Hash(#[from] argon2::password_hash::Error),
    /// The thread is gone.
    #[error("the thread that works on passwords has failed")]
    Thread(#[from] task::JoinError),
}

#[common]
impl Passwords {
    /// As many places as there are processors.
    ///
    /// # Errors
    ///
    /// Argon2 does not take the parameters, which are constants.
    #[inject]
    pub fn new() -> Result<Self, argon2::Error> {
        let params = Params::new(MEMORY, PASSES, LANES, None)?;
        let places = thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            places: Arc::new(Semaphore::new(places)),
        })
    }
}

impl Passwords {
    /// The hash of a password, with a salt of its own, in the PHC string format.
    ///
    /// # Errors
    ///
    /// Argon2 failed, or its thread.
    pub async fn hash(&self, password: Password) -> Result<String, PasswordError> {
        self.blocking(move |argon2| Ok(argon2.hash_password(password.expose().as_bytes())?.to_string())).await
    }

    /// Whether that is the password with that hash. Where there is no hash, since there is no such user, it is not, and to find that out
    /// takes as long: nobody learns from a clock who has an account.
    ///
    /// # Errors
    ///
    /// What is kept is no hash; argon2 failed, or its thread.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, PasswordError> {
        let Some(hash) = hash else {
            self.hash(password).await?;
            return Ok(false);
        };
        self.blocking(move |argon2| {
            let hash = PasswordHash::new(&hash)?;
            match argon2.verify_password(password.expose().as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        // Nobody closes it, so there is always a place at last.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let argon2 = self.argon2.clone();
        let work = move || {
            // Also if nobody waits any longer, the place is taken until the work is done.
            let _place = place;
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
    async fn a_password_is_known_by_its_hash() {
        let passwords = passwords();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct house".into(), Some(hash.clone())).await.unwrap());
        assert_ne!(passwords.hash("correct horse".into()).await.unwrap(), hash, "each has its own salt");
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(!passwords().verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn what_is_no_hash_is_an_error() {
        assert!(passwords().verify("correct horse".into(), Some("plain".to_owned())).await.is_err());
    }

    #[test]
    fn a_password_is_not_shown() {
        assert!(!format!("{:?}", Password::from("correct horse")).contains("horse"));
        let error = serde_json::from_str::<Password>("12345678").unwrap_err().to_string();
        assert_eq!(error, "a password is a text");
    }
}
