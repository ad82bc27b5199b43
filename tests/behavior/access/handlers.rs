//! Endpoints in a router of axum: they take their policy along.

use std::sync::Arc;

use axum::{Json, Router, extract::Path, extract::State, http::StatusCode, routing};
use inject_runtime::{
    Authorized, BackgroundTasks, HasContainer, Inject, RequestScopeLayer, Tasks, get, post, require_role,
};
use serde::Deserialize;

use super::roles::{Level, User, levels};
use crate::support::{App, LONG, Log, app, authorized, request, send};

#[get("/role")]
#[require_role(Level::Owner)]
async fn role() -> &'static str {
    "owner"
}

#[get("/principal", authenticated = User)]
async fn principal() -> &'static str {
    "user"
}

#[get("/parameter/{id}", authenticated)]
async fn parameter(Path(id): Path<u32>, user: User) -> String {
    format!("{id} {:?}", user.level)
}

type Owner = Authorized<levels::Owner>;

#[get("/proof/{id}")]
async fn proof(Path(id): Path<u32>, owner: Owner) -> String {
    format!("{id} {:?}", owner.level)
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

#[post("/notes", authenticated)]
async fn note(
    user: User,
    Inject(log): Inject<Log>,
    tasks: BackgroundTasks,
    Json(note): Json<Note>,
) -> Result<String, StatusCode> {
    tasks.add("note", async move { _ = log.add("noted") });
    if note.text.is_empty() { Err(StatusCode::BAD_REQUEST) } else { Ok(format!("{:?}", user.level)) }
}

#[get("/open", public)]
async fn open(user: Option<User>) -> String {
    format!("{}", user.is_some())
}

#[derive(Clone, HasContainer)]
struct AppState {
    name: &'static str,
    #[container]
    app: Arc<App>,
}

async fn old(State(state): State<AppState>) -> &'static str {
    state.name
}

async fn state(log: &Log) -> AppState {
    AppState { name: "old", app: app(log).await }
}

/// Returns a router with state `$state`.
macro_rules! router {
    ($state:ty) => {{
        let router: Router<$state> = Router::new()
            .route("/role", routing::get(role))
            .route("/principal", routing::get(principal))
            .route("/parameter/{id}", routing::get(parameter))
            .route("/proof/{id}", routing::get(proof))
            .route("/notes", routing::get(open).post(note))
            .route("/open", routing::any(open));
        router
    }};
}

#[tokio::test]
async fn an_endpoint_in_a_router_of_axum_is_guarded_in_every_state_with_a_container() {
    let log = Log::default();
    let own = router!(AppState).route("/old", routing::get(old)).with_state(state(&log).await);
    let container = router!(Arc<App>).with_state(app(&log).await);
    for router in [own.clone(), container] {
        for (path, token, expected) in [
            ("/role", None, StatusCode::UNAUTHORIZED),
            ("/role", Some("reader"), StatusCode::FORBIDDEN),
            ("/role", Some("owner"), StatusCode::OK),
            ("/principal", None, StatusCode::UNAUTHORIZED),
            ("/principal", Some("reader"), StatusCode::OK),
            // The policy comes before the path.
            ("/parameter/x", None, StatusCode::UNAUTHORIZED),
            ("/parameter/x", Some("reader"), StatusCode::BAD_REQUEST),
            ("/parameter/7", Some("reader"), StatusCode::OK),
            ("/proof/x", None, StatusCode::UNAUTHORIZED),
            ("/proof/x", Some("writer"), StatusCode::FORBIDDEN),
            ("/proof/x", Some("owner"), StatusCode::BAD_REQUEST),
            ("/proof/7", Some("owner"), StatusCode::OK),
            ("/open", None, StatusCode::OK),
            ("/open", Some("forged"), StatusCode::UNAUTHORIZED),
        ] {
            let request = match token {
                Some(token) => authorized("GET", path, token),
                None => request("GET", path),
            };
            assert_eq!(send(&router, request).await.status, expected, "{path} {token:?}");
        }
    }
    assert_eq!(send(&own, request("GET", "/old")).await.body, "old");
}

#[tokio::test]
async fn an_endpoint_in_a_router_of_axum_has_a_request_scope() {
    let log = Log::default();
    let tasks = Tasks::default();
    let plain = router!(AppState).with_state(state(&log).await);
    let layered = plain.clone().layer(RequestScopeLayer::new(tasks.clone()));
    for router in [plain, layered] {
        for (body, expected) in
            [(r#"{"text": "a"}"#, StatusCode::OK), (r#"{"text": ""}"#, StatusCode::BAD_REQUEST)]
        {
            let mut request = authorized("POST", "/notes", "writer");
            request.headers_mut().insert("content-type", "application/json".parse().expect("a value"));
            *request.body_mut() = body.into();
            assert_eq!(send(&router, request).await.status, expected);
            if expected == StatusCode::OK {
                log.until("noted").await;
            }
            let events = log.take();
            assert_eq!(events.iter().filter(|event| *event == "authenticate").count(), 1, "{events:?}");
            assert_eq!(events.iter().any(|event| event == "noted"), expected == StatusCode::OK);
        }
    }
    tasks.drain(LONG).await.expect("nothing hangs");
}

#[tokio::test]
async fn the_function_of_an_endpoint_is_called_in_unit_tests() {
    let reader = User { level: Level::Reader };
    assert_eq!(parameter::call(Path(7), reader).await, "7 Reader");
    assert_eq!(role::call().await, "owner");
    let owner = Authorized::check(User { level: Level::Owner }).expect("an owner");
    assert_eq!(proof::call(Path(1), owner).await, "1 Owner");
}

#[test]
fn a_variable_may_have_the_name_of_an_endpoint() {
    let role = 1;
    let principal = |open: i32| open + role;
    assert_eq!(principal(2), 3);
}

#[test]
#[should_panic(expected = "the policy of `differs` is stated twice, and differently")]
fn a_proof_that_refuses_a_role_of_the_policy_is_refused_before_the_first_request() {
    #[get("/differs")]
    #[require_role(Level::Reader)]
    async fn differs(_: Owner) {}

    fn routes() -> inject_runtime::Routes<App> {
        inject_runtime::routes![differs]
    }
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let _router = routes().into_router(app(&Log::default()).await);
    });
}
