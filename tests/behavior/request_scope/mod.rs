//! Request scopes outside endpoints: around plain axum routes, and without a request.

mod around;
mod frame;
mod handed_on;
mod layer;
mod plain;
mod response_parts;
mod run;
