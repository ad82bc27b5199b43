//! Endpoints that do not use the request scope, compared with plain axum handlers.

use std::{error::Error, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing,
};
use inject_runtime::{Inject, Routes, container, get, in_layer, layer::Common, routes, service};

use crate::Case;

#[in_layer(Common)]
struct Settings {
    size: u64,
}

/// Service that all requests share.
#[service]
struct Users {
    settings: Arc<Settings>,
}

impl Users {
    fn name(&self, id: u64) -> &'static str {
        if id < self.settings.size { "Ada" } else { "nobody" }
    }
}

#[container]
struct App {
    #[input]
    settings: Arc<Settings>,
    users: Arc<Users>,
}

#[get("/users/7", public)]
async fn bare() -> &'static str {
    "Ada"
}

async fn bare_by_hand() -> &'static str {
    "Ada"
}

#[get("/users/7", public)]
async fn injected(Inject(users): Inject<Arc<Users>>) -> &'static str {
    users.name(7)
}

async fn by_hand(State(app): State<Arc<App>>) -> &'static str {
    app.users.name(7)
}

#[get("/users/{id}", public)]
async fn injected_with_path(Path(id): Path<u64>, Inject(users): Inject<Arc<Users>>) -> &'static str {
    users.name(id)
}

async fn by_hand_with_path(State(app): State<Arc<App>>, Path(id): Path<u64>) -> &'static str {
    app.users.name(id)
}

#[get("/users/7", public)]
async fn injected_with_body(Inject(users): Inject<Arc<Users>>, body: Bytes) -> &'static str {
    users.name(body.len() as u64)
}

async fn by_hand_with_body(State(app): State<Arc<App>>, body: Bytes) -> &'static str {
    app.users.name(body.len() as u64)
}

#[get("/users/7", public)]
async fn failing(Inject(users): Inject<Arc<Users>>) -> Result<&'static str, StatusCode> {
    Err(if users.name(700) == "nobody" { StatusCode::NOT_FOUND } else { StatusCode::IM_A_TEAPOT })
}

async fn failing_by_hand(State(app): State<Arc<App>>) -> Result<&'static str, StatusCode> {
    Err(if app.users.name(700) == "nobody" { StatusCode::NOT_FOUND } else { StatusCode::IM_A_TEAPOT })
}

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let app = App::builder(AppInputs { settings: Arc::new(Settings { size: 10 }) }).build().await?;
    let routes = |all: Routes<App>| all.into_router(app.clone());
    let hand = Router::new().route("/users/7", routing::get(by_hand)).with_state(app.clone());
    Ok(vec![
        Case::new(
            "an endpoint without parameters",
            Router::new().route("/users/7", routing::get(bare_by_hand)).with_state(app.clone()),
            routes(routes![bare]),
        ),
        Case::new("an endpoint with Inject<Arc<T>>, and State", hand, routes(routes![injected])),
        Case::new(
            "an endpoint with Path and Inject<Arc<T>>, and State",
            Router::new().route("/users/{id}", routing::get(by_hand_with_path)).with_state(app.clone()),
            routes(routes![injected_with_path]),
        ),
        Case::new(
            "an endpoint with Inject<Arc<T>> and Bytes, and State",
            Router::new().route("/users/7", routing::get(by_hand_with_body)).with_state(app.clone()),
            routes(routes![injected_with_body]),
        ),
        Case {
            status: StatusCode::NOT_FOUND,
            ..Case::new(
                "an endpoint that answers 404, and State",
                Router::new().route("/users/7", routing::get(failing_by_hand)).with_state(app.clone()),
                routes(routes![failing]),
            )
        },
    ])
}
