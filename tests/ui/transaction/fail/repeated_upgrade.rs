//! A connection is upgraded once. The parameter need not be the last one.

use axum::{extract::{WebSocketUpgrade, ws::WebSocket}, http::HeaderMap};
use inject_runtime::{get, transaction};

#[get("/feed", public)]
#[transaction(retry = 3)]
pub async fn feed(upgrade: Option<WebSocketUpgrade>, _headers: HeaderMap) {
    _ = upgrade.map(|upgrade| upgrade.on_upgrade(async |_: WebSocket| {}));
}

fn main() {}
