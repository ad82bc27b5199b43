//! Articles, and who wrote them.
//!
//! Of [`users`](super::users) it uses `CurrentUser`, `Profile` and `UserService`: there is nothing else that it could.

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
