//! OpenAPI document of the endpoints.
//!
//! [`Routes::openapi`](crate::Routes::openapi) generates it from the endpoints: their paths, policies,
//! parameters and responses. Types are described by utoipa's `ToSchema` and `IntoParams`, and by the two
//! traits of this module, [`OperationInput`] and [`OperationOutput`]. Axum's extractors and responses
//! implement them, and so do errors under `#[derive(Problem)]`. A type that implements none of these traits
//! is left out of the document.

mod document;

pub(crate) use self::document::{DocumentedEndpoint, document};
pub use crate::operation::{OperationDraft, OperationInput, OperationOutput};
