//! Request scopes outside endpoints: around plain axum routes, and without a request.

mod layer;
mod plain;
mod run;
