//! Request scopes outside endpoints: around plain axum routes, and without a request.

mod frame;
mod handed_on;
mod layer;
mod plain;
mod run;
mod seeds;
mod stream;
