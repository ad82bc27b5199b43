//! 7. Who is asking: a provider, which turns credentials into a value that handlers can take.

use std::sync::Arc;

use inject_runtime::{Bearer, Inject, Unauthorized, inject};
use subtle::ConstantTimeEq as _;

use crate::settings::Settings;

/// Whoever knows the token: it is their reading list.
#[derive(Clone, Debug)]
pub struct Owner;

/// Lets in who presents the token.
///
/// Its parameters are extractors, and so is what it returns, from now on. It runs once for each request, however many ask for an `Owner`.
/// Without a token, `Bearer` has answered before it is called.
///
/// # Errors
///
/// The token is another. The answer does not say more than that.
#[inject]
pub fn owner(bearer: Bearer, Inject(settings): Inject<Arc<Settings>>) -> Result<Owner, Unauthorized> {
    // In a time that does not tell where the first difference is.
    if bearer.token().as_bytes().ct_eq(settings.token.as_bytes()).into() {
        Ok(Owner)
    } else {
        Err(Unauthorized::bearer().error("invalid_token"))
    }
}
