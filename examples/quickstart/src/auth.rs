//! 7. Who is asking: a provider, which turns credentials into a value that handlers can take.

use std::sync::Arc;

use inject_runtime::{Bearer, Inject, Unauthorized, inject};

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
    if same(bearer.token(), &settings.token) {
        Ok(Owner)
    } else {
        Err(Unauthorized::bearer().error("invalid_token"))
    }
}

/// Compares in a time that does not depend on where the difference is.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_compared_as_a_whole() {
        assert!(same("sesame", "sesame"));
        for other in ["", "sesam", "sesame ", "Sesame", "tesame"] {
            assert!(!same(other, "sesame"), "{other}");
        }
    }
}
