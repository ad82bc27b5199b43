//! Business logic of users, for the endpoints of this feature and for other features.

use inject_runtime::service;
use rand::random;
use sha2::{Digest as _, Sha256};

use super::{
    errors::UserError,
    repository::UserRepository,
    schemas::{NewAccount, Profile, SignUp},
};

/// Service that manages users.
#[service(scope = request)]
pub struct UserService {
    users: UserRepository,
}

impl UserService {
    /// Creates an account.
    ///
    /// # Errors
    ///
    /// Returns [`UserError::Taken`] or [`UserError::Name`] if the name is taken or invalid.
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

    /// Returns the public data of a user.
    ///
    /// # Errors
    ///
    /// Returns [`UserError::Unknown`] if the user does not exist.
    pub async fn profile(&mut self, id: i64) -> Result<Profile, UserError> {
        let user = self.users.find(id).await?;
        user.map(Profile::from).ok_or(UserError::Unknown(id))
    }

    /// Returns the user to whom the token belongs.
    pub(super) async fn find_by_token(&mut self, token: &str) -> Result<Option<Profile>, UserError> {
        Ok(self.users.find_by_token(&digest(token)).await?.map(Profile::from))
    }
}

/// Computes the digest under which the database stores a token. Tokens are long and random, so a fast hash is sufficient.
fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
