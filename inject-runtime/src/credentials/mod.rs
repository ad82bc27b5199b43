//! Credentials: their schemes, their extractors, and the 401 response.

mod api_key;
mod basic;
mod bearer;
mod credential;
mod header;
#[cfg(feature = "openapi")]
mod openapi;
mod realm;
mod scheme;
mod signed;
#[cfg(test)]
mod tests;
mod unauthorized;

pub use self::{
    api_key::{ApiKey, ApiKeyLocation, ApiKeyScheme},
    basic::Basic,
    bearer::Bearer,
    credential::{Credential, Credentials},
    realm::{RealmLayer, RealmService},
    scheme::AuthScheme,
    signed::{SignatureVerifier, Signed},
    unauthorized::Unauthorized,
};

/// Reason why credentials are rejected, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Implements the extractor of a [`Credential`].
macro_rules! extractor {
    ([$($parameter:ident: $bound:ident)?] $credentials:ty) => {
        impl<S: Send + Sync, $($parameter: $bound)?> axum::extract::FromRequestParts<S> for $credentials {
            type Rejection = $crate::credentials::Unauthorized;

            async fn from_request_parts(
                parts: &mut axum::http::request::Parts,
                _: &S,
            ) -> Result<Self, Self::Rejection> {
                $crate::credentials::credential::required(parts)
            }
        }

        impl<C, $($parameter: $bound)?> $crate::extract::NativeNow<C> for $credentials {
            fn extract_now(
                context: &mut $crate::frame::RequestContext<'_, C>,
            ) -> $crate::frame::Provision<Self> {
                $crate::credentials::credential::required(context.parts)
                    .map_err($crate::credentials::Unauthorized::into_rejection)
            }
        }

        impl<S: Send + Sync, $($parameter: $bound)?> axum::extract::OptionalFromRequestParts<S> for $credentials {
            type Rejection = $crate::credentials::Unauthorized;

            async fn from_request_parts(
                parts: &mut axum::http::request::Parts,
                _: &S,
            ) -> Result<Option<Self>, Self::Rejection> {
                $crate::credentials::credential::optional(parts)
            }
        }

        // Without the bound: a type without it has one error, and not two.
        impl<$($parameter)?> $crate::metadata::Describable for $credentials {
            const KIND: $crate::metadata::ParameterKind = $crate::metadata::ParameterKind::Plain;
            const ORIGIN: $crate::metadata::Origin = $crate::metadata::Origin::Runtime { is_sync: true };
            const DEMANDS_CREDENTIALS: bool = true;
        }

        impl<$($parameter: $bound)?> $crate::metadata::GuardExtractor for $credentials {
            #[cfg(feature = "openapi")]
            const INPUT: $crate::metadata::TypeDescription =
                $crate::metadata::TypeDescription::with(<Self as $crate::operation::OperationInput>::operation_input);
        }

        impl<$($parameter)?> $crate::layer::Layered for $credentials {
            type Layer = $crate::layer::Common;
        }
    };
}
use extractor;
