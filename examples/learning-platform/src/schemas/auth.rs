//! Request and response bodies of accounts and sessions.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;
use crate::{
    core::security::Password,
    services::auth::{Registration, Session},
};

/// Registration of a new account.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `email`, `name`, `password` and optionally `grade_level`"
)]
pub struct RegistrationRequest {
    /// Email address for the login. It must be unique.
    #[garde(length(chars, max = 254), email)]
    #[schema(max_length = 254, format = Email, example = "ada@example.org")]
    pub email: String,
    /// Name of the user.
    #[garde(length(chars, min = 1, max = 100), custom(text))]
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    pub name: String,
    /// Password for the login. A long password is better than a complicated one.
    #[garde(custom(check_password))]
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 128, example = "a horse, a battery and a staple")]
    pub password: Password,
    /// Grade of a student.
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

/// Validates a password. Only its length counts: NIST SP 800-63B, section 3.1.1.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "garde passes a reference")]
fn check_password(password: &Password, _: &()) -> garde::Result {
    match password.expose().chars().count() {
        0..10 => Err(garde::Error::new("length is lower than 10")),
        10..=128 => Ok(()),
        _ => Err(garde::Error::new("length is greater than 128")),
    }
}

/// Credentials of a login.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `email` and `password`")]
pub struct LoginRequest {
    /// Email address of the account. It is not case-sensitive.
    #[garde(length(chars, min = 1, max = 254), custom(text))]
    #[schema(min_length = 1, max_length = 254, example = "ada@example.org")]
    pub email: String,
    /// Password of the account.
    #[garde(skip)]
    #[schema(value_type = String, format = Password, example = "a horse, a battery and a staple")]
    pub password: Password,
}

/// Refresh token to exchange.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `refresh_token`")]
pub struct RefreshRequest {
    /// Most recent refresh token.
    #[garde(length(bytes, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    pub refresh_token: String,
}

/// Session to end.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `refresh_token` and optionally `everywhere`")]
pub struct LogoutRequest {
    /// Most recent refresh token.
    #[garde(length(bytes, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    pub refresh_token: String,
    /// Whether all other sessions of the user end as well.
    #[garde(skip)]
    #[serde(default)]
    #[schema(default = false)]
    pub everywhere: bool,
}

/// Tokens of a session: RFC 6749, section 5.1.
#[derive(Clone, Serialize, ToSchema)]
pub struct SessionResponse {
    /// Access token for the header `Authorization: Bearer ..`.
    pub access_token: String,
    /// Type of the access token: `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Lifetime of the access token in seconds.
    #[schema(example = 900)]
    pub expires_in: u64,
    /// Token that continues the session after the access token has expired. It can be used once.
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
