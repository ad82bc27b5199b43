//! Request scopes outside endpoints: around plain axum routes, and without a request.

mod handed_on;
mod layer;
mod plain;
mod run;
