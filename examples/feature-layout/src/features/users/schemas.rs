//! What goes over the wire.

use serde::{Deserialize, Serialize};

use super::models::User;

/// Somebody who wants an account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `name`")]
pub struct SignUp {
    /// What to call them.
    pub name: String,
}

/// A new account, and the token to it, which is not shown again.
#[derive(Debug, Serialize)]
pub struct NewAccount {
    /// Whose it is.
    #[serde(flatten)]
    pub profile: Profile,
    /// For `Authorization: Bearer`.
    pub token: String,
}

/// What others may know of a user: other features, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The number of the user.
    pub id: i64,
    /// What to call them.
    pub name: String,
}

impl From<User> for Profile {
    fn from(user: User) -> Self {
        Self { id: user.id, name: user.name }
    }
}
