//! Request scopes outside endpoints: around plain axum routes, and without a request.

mod around;
mod frame;
mod handed_on;
mod layer;
mod plain;
mod port_bindings;
mod ports;
mod response_parts;
mod run;
mod seeds;
mod static_ports;
mod stream;
