//! The error of a provider answers the request.

use inject_runtime::inject;

pub struct AuthError;

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user() -> Result<CurrentUser, AuthError> {
    Err(AuthError)
}

fn main() {}
