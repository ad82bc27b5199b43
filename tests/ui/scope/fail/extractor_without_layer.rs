//! An extractor of axum has no layer.

use inject_runtime::service;

#[service(scope = request)]
pub struct Checkout {
    _headers: axum::http::HeaderMap,
}

fn main() {}
