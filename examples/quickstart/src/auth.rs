//! 7. Authentication: a provider that turns credentials into a value that endpoints can take.

use std::sync::Arc;

use inject_runtime::{Bearer, Inject, Unauthorized, inject};
use subtle::ConstantTimeEq as _;

use crate::settings::Settings;

/// Principal: the owner of the reading list, who knows the token.
#[derive(Clone, Debug)]
pub struct Owner;

/// Provider of the [`Owner`]: authenticates a request by its bearer token.
///
/// The parameters of a provider are extractors, and the provider makes its return type an extractor too. It runs once for each
/// request, however many parameters take an `Owner`. If the request has no token, `Bearer` rejects it before this function is called.
///
/// # Errors
///
/// Returns [`Unauthorized`] if the token is wrong. The response contains no further detail.
#[inject]
pub fn owner(bearer: Bearer, Inject(settings): Inject<Arc<Settings>>) -> Result<Owner, Unauthorized> {
    // Constant time, so that the response time does not reveal the position of the first difference.
    if bearer.token().as_bytes().ct_eq(settings.token.as_bytes()).into() {
        Ok(Owner)
    } else {
        Err(Unauthorized::bearer().error("invalid_token"))
    }
}
