//! Extractors for credentials.

mod api_key;
mod basic;
mod bearer;
mod header;
#[cfg(feature = "openapi")]
mod openapi;
#[cfg(test)]
mod tests;
mod unauthorized;

use axum::http::request::Parts;

pub use self::{
    api_key::{ApiKey, ApiKeyLocation, ApiKeyScheme},
    basic::Basic,
    bearer::Bearer,
    unauthorized::Unauthorized,
};

/// Reason why credentials are rejected, for the log.
#[derive(Clone, Copy)]
enum CredentialError {
    Absent,
    Several,
    OtherScheme,
    Malformed,
}

impl CredentialError {
    const fn describe(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Several => "given several times",
            Self::OtherScheme => "of another scheme",
            Self::Malformed => "malformed",
        }
    }
}

/// Credentials that are read from the parts of a request.
trait CredentialExtractor: Sized {
    fn read(parts: &Parts) -> Result<Self, CredentialError>;

    fn challenge(error: CredentialError) -> Unauthorized;

    fn required(parts: &Parts) -> Result<Self, Unauthorized> {
        Self::read(parts).map_err(Self::rejection)
    }

    fn optional(parts: &Parts) -> Result<Option<Self>, Unauthorized> {
        match Self::read(parts) {
            Ok(credentials) => Ok(Some(credentials)),
            Err(CredentialError::Absent) => Ok(None),
            Err(error) => Err(Self::rejection(error)),
        }
    }

    fn rejection(error: CredentialError) -> Unauthorized {
        let unauthorized = Self::challenge(error);
        tracing::debug!(
            scheme = unauthorized.scheme(),
            reason = error.describe(),
            "credentials were rejected"
        );
        unauthorized.with_absence(matches!(error, CredentialError::Absent))
    }
}

macro_rules! extractor {
    ([$($parameter:tt)*] $credentials:ty) => {
        impl<S: Send + Sync, $($parameter)*> axum::extract::FromRequestParts<S> for $credentials {
            type Rejection = $crate::credentials::Unauthorized;

            async fn from_request_parts(
                parts: &mut axum::http::request::Parts,
                _: &S,
            ) -> Result<Self, Self::Rejection> {
                <Self as $crate::credentials::CredentialExtractor>::required(parts)
            }
        }

        impl<S: Send + Sync, $($parameter)*> axum::extract::OptionalFromRequestParts<S> for $credentials {
            type Rejection = $crate::credentials::Unauthorized;

            async fn from_request_parts(
                parts: &mut axum::http::request::Parts,
                _: &S,
            ) -> Result<Option<Self>, Self::Rejection> {
                <Self as $crate::credentials::CredentialExtractor>::optional(parts)
            }
        }

        impl<$($parameter)*> $crate::metadata::Describable for $credentials {
            const KIND: $crate::metadata::ParameterKind = $crate::metadata::ParameterKind::Plain;
            const DEMANDS_CREDENTIALS: bool = true;
        }

        impl<$($parameter)*> $crate::layer::Layered for $credentials {
            type Layer = $crate::layer::Common;
        }
    };
}
use extractor;
