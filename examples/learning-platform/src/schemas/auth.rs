//! Accounts and sessions, over the wire.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;
use crate::{
    core::security::Password,
    services::auth::{Registration, Session},
};

/// Somebody who wants an account.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `email`, `name`, `password`, and `grade_level` if there is one"
)]
pub struct RegistrationRequest {
    /// To log in with. No two users have the same.
    #[garde(length(chars, max = 254), email)]
    #[schema(max_length = 254, format = Email, example = "ada@example.org")]
    pub email: String,
    /// What to call you.
    #[garde(length(chars, min = 1, max = 100), custom(text))]
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    pub name: String,
    /// To log in with. Long is better than strange.
    #[garde(custom(long_enough))]
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 128, example = "a horse, a battery and a staple")]
    pub password: Password,
    /// The grade that you are in.
    #[garde(range(min = 1, max = 13))]
    #[schema(minimum = 1, maximum = 13, example = 7)]
    pub grade_level: Option<i64>,
}

impl From<RegistrationRequest> for Registration {
    fn from(request: RegistrationRequest) -> Self {
        let RegistrationRequest { email, name, password, grade_level } = request;
        Self { email, name, password, grade_level }
    }
}

/// Length is what counts, and nothing else: NIST SP 800-63B, section 3.1.1.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "garde calls it with a reference")]
fn long_enough(password: &Password, _: &()) -> garde::Result {
    match password.expose().chars().count() {
        0..10 => Err(garde::Error::new("length is lower than 10")),
        10..=128 => Ok(()),
        _ => Err(garde::Error::new("length is greater than 128")),
    }
}

/// What somebody logs in with.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `email` and `password`")]
pub struct LoginRequest {
    /// As it was when you registered, in upper or lower case.
    #[garde(length(chars, min = 1, max = 254), custom(text))]
    #[schema(min_length = 1, max_length = 254, example = "ada@example.org")]
    pub email: String,
    /// As it was when you registered.
    #[garde(skip)]
    #[schema(value_type = String, format = Password, example = "a horse, a battery and a staple")]
    pub password: Password,
}

/// A refresh token.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `refresh_token`")]
pub struct RefreshRequest {
    /// The last one that you got.
    #[garde(length(bytes, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    pub refresh_token: String,
}

/// The session that is to end.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `refresh_token`, and `everywhere` if all sessions are to end"
)]
pub struct LogoutRequest {
    /// The last one that you got.
    #[garde(length(bytes, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    pub refresh_token: String,
    /// Whether all your other sessions are to end as well.
    #[garde(skip)]
    #[serde(default)]
    #[schema(default = false)]
    pub everywhere: bool,
}

/// A session: RFC 6749, section 5.1.
#[derive(Clone, Serialize, ToSchema)]
pub struct SessionResponse {
    /// For `Authorization: Bearer ..`.
    pub access_token: String,
    /// `Bearer`
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(example = 900)]
    pub expires_in: u64,
    /// To go on with the session when the access token is no good any more. It can be used once.
    pub refresh_token: String,
}

impl From<Session> for SessionResponse {
    fn from(Session { access, refresh }: Session) -> Self {
        Self {
            access_token: access.expose().to_owned(),
            token_type: "Bearer",
            expires_in: access.expires_in.as_secs(),
            refresh_token: refresh.expose().to_owned(),
        }
    }
}
