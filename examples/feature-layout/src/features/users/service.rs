//! What can be done with users, by the endpoints of this feature and by other features.

use inject_runtime::service;
use rand::random;
use sha2::{Digest as _, Sha256};

use super::{
    errors::UserError,
    repository::UserRepository,
    schemas::{NewAccount, Profile, SignUp},
};

/// The users.
#[service(scope = request)]
pub struct UserService {
    users: UserRepository,
}

impl UserService {
    /// Makes an account.
    ///
    /// # Errors
    ///
    /// The name is taken, or is none.
    pub async fn sign_up(&mut self, SignUp { name }: SignUp) -> Result<NewAccount, UserError> {
        let name = name.trim();
        if !(1..=40).contains(&name.chars().count()) {
            return Err(UserError::Name);
        }
        let token = format!("{:032x}", random::<u128>());
        match self.users.insert(name, &digest(&token)).await {
            Ok(user) => Ok(NewAccount { profile: user.into(), token }),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(UserError::Taken),
            Err(error) => Err(error.into()),
        }
    }

    /// What others may know of a user.
    ///
    /// # Errors
    ///
    /// There is no such user.
    pub async fn profile(&mut self, id: i64) -> Result<Profile, UserError> {
        let user = self.users.find(id).await?;
        user.map(Profile::from).ok_or(UserError::Unknown(id))
    }

    /// Whose token it is.
    pub(super) async fn with_token(&mut self, token: &str) -> Result<Option<Profile>, UserError> {
        Ok(self.users.with_token(&digest(token)).await?.map(Profile::from))
    }
}

/// What the database knows of a token. It is random and long, so a fast hash does.
fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
