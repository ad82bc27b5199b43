//! The name of a scheme is a token of HTTP.

use axum::http::request::Parts;
use inject_runtime::{AuthScheme, Credential, Unauthorized};

pub struct Token(String);

impl Credential for Token {
    const SCHEME: AuthScheme = AuthScheme::authorization("My Token");

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        Self::SCHEME.value(parts).map(|token| Self(token.into_owned()))
    }
}

fn main() {}
