//! The OpenAPI document of the endpoints.
//!
//! [`Routes::openapi`](crate::Routes::openapi) writes it from what the endpoints are: their paths, policies, parameters and what they answer.
//! Of types, it asks utoipa's `ToSchema` and `IntoParams`, and the two traits here, [`OperationInput`] and [`OperationOutput`], which axum's
//! extractors and responses implement, and the errors under `#[derive(Problem)]`. What implements neither is left out of the document.

mod document;

pub(crate) use self::document::{DocumentedEndpoint, document};
pub use crate::operation::{OperationDraft, OperationInput, OperationOutput};
