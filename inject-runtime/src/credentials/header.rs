//! Credentials in headers.

use std::iter;

use axum::http::{HeaderMap, HeaderValue, header};
use headers::{Authorization, Header as _, authorization::Credentials};

use super::CredentialError;

/// Returns the only value. Several values are rejected: it is unknown which of them a proxy has checked.
pub(super) fn only<T>(mut values: impl Iterator<Item = T>) -> Result<T, CredentialError> {
    match (values.next(), values.next()) {
        (None, _) => Err(CredentialError::Absent),
        (Some(value), None) => Ok(value),
        (Some(_), Some(_)) => Err(CredentialError::Several),
    }
}

/// Returns the credentials in a value of `Authorization`, which begins with the scheme.
pub(super) fn authorization<'v>(value: &'v HeaderValue, scheme: &str) -> Result<&'v [u8], CredentialError> {
    match value.as_bytes().split_at_checked(scheme.len()) {
        Some((name, rest))
            if matches!(rest.first(), None | Some(b' ')) && name.eq_ignore_ascii_case(scheme.as_bytes()) =>
        {
            Ok(rest)
        }
        _ => Err(CredentialError::OtherScheme),
    }
}

/// Returns the credentials in the `Authorization` header, in a format that the crate `headers` parses.
pub(super) fn from_authorization<C: Credentials>(headers: &HeaderMap) -> Result<C, CredentialError> {
    let value = only(headers.get_all(header::AUTHORIZATION).iter())?;
    authorization(value, C::SCHEME)?;
    match Authorization::<C>::decode(&mut iter::once(value)) {
        Ok(Authorization(credentials)) => Ok(credentials),
        Err(_) => Err(CredentialError::Malformed),
    }
}

/// Returns the values of the cookies with this name (RFC 6265, section 4.2.1).
///
/// `headers::Cookie` returns no cookie if one of them is not ASCII, and takes a quotation mark in a cookie
/// as the start of a quotation that hides the next cookie. A cookie from another application must not
/// prevent a client from sending its key.
pub(super) fn cookies<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a [u8]> {
    let values = headers.get_all(header::COOKIE).iter();
    let pairs = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let pair = pair.trim_ascii();
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(value)
    })
}
