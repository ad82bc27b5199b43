//! Request and response bodies.

use serde::{Deserialize, Serialize};

use super::models::User;

/// Input for a new account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `name`")]
pub struct SignUp {
    /// Name of the user.
    pub name: String,
}

/// New account with its token. The token is shown only once.
#[derive(Debug, Serialize)]
pub struct NewAccount {
    /// Profile of the new user.
    #[serde(flatten)]
    pub profile: Profile,
    /// Token for the header `Authorization: Bearer`.
    pub token: String,
}

/// Public data of a user, which other features may use too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// Id of the user.
    pub id: i64,
    /// Name of the user.
    pub name: String,
}

impl From<User> for Profile {
    fn from(user: User) -> Self {
        Self { id: user.id, name: user.name }
    }
}
