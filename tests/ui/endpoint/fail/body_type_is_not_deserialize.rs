//! The type of a body is `Deserialize`.

use axum::Json;
use inject_runtime::{Routes, container, post, routes};

pub struct NewUser;

#[post("/users", public)]
pub async fn create(Json(_user): Json<NewUser>) {}

pub fn all() -> Routes<App> {
    routes![create]
}

#[container]
pub struct App {}

fn main() {}
