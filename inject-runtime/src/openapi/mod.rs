//! OpenAPI document of the endpoints.
//!
//! [`Routes::openapi`](crate::Routes::openapi) generates it from the endpoints: their paths, policies, guards,
//! parameters and responses. Types are described by utoipa's `ToSchema` and `IntoParams`, and by the two
//! traits of this module, [`OperationInput`] and [`OperationOutput`]. Axum's extractors and responses
//! implement them, and so do errors under `#[derive(Problem)]`. What implements none of these traits is in
//! [`Document::undescribed`].

mod document;
mod operation_id;
mod undescribed;

pub(crate) use self::document::{DocumentedEndpoint, document};
pub use self::{document::Document, undescribed::Undescribed};
pub use crate::operation::{OperationDraft, OperationInput, OperationOutput, UndescribedPart};
