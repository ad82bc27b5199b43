//! Articles and their authors.
//!
//! The feature uses `CurrentUser`, `Profile`, `UserError` and `UserService` of [`users`](super::users). It can use exported items only.

mod errors;
mod models;
mod repository;
mod routes;
mod schemas;
mod service;

pub use self::{
    errors::ContentError,
    routes::routes,
    schemas::{ArticleResponse, NewArticle},
    service::ContentService,
};
