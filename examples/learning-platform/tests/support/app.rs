//! Application without a socket, for tests.

use std::{future::IntoFuture, pin::Pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode},
    response::IntoResponse,
};
use inject_runtime::{RequestScope, Routes, ScopeError, Tasks};
use jiff::Timestamp;
use learning_platform::{
    api::{middleware::wrap, routes::routes},
    app::{App, AppBuilder, AppInputs},
    core::security::{Tokens, UserRole},
    db::Tx,
    models::user::{NewUser, User},
    repositories::user::UserRepository,
    services::ServiceError,
};
use serde_json::Value;
use sqlx::AnyPool;
use tower::ServiceExt as _;

use super::Database;

/// Application over the database of a test.
///
/// ```ignore
/// let app = TestApp::new(&db).await;
/// let book = app.post("/api/v1/chapters").token(&teacher.token).json(json!({ .. })).await.expect(201);
/// app.get("/api/v1/chapters/7").await.problem(401);
/// app.drain().await;      // waits for work after the responses, such as mail
/// ```
pub struct TestApp {
    /// Container, for access to components: `app.container.resolve::<T>()`.
    pub container: Arc<App>,
    /// Pool of the database.
    pub pool: AnyPool,
    router: Router,
    tasks: Tasks,
}

/// User account with an access token.
#[derive(Clone, Debug)]
pub struct Account {
    /// Id of the user.
    pub id: i64,
    /// User itself.
    pub user: User,
    /// Access token.
    pub token: String,
}

/// Returns a new user with a unique email address and no valid password.
pub fn new_user(role: UserRole) -> NewUser {
    NewUser {
        email: format!("{}@example.org", uuid::Uuid::new_v4()),
        name: format!("A {}", role.as_str()),
        role,
        grade_level: None,
        password_hash: "none".to_owned(),
    }
}

impl TestApp {
    /// Builds the application as in production, except for the settings.
    pub async fn new(db: &Database) -> Self {
        Self::with(db, |builder| builder).await
    }

    /// Builds the application with replaced components: `TestApp::with(&db, |builder| builder.mailer(fake.clone()))`.
    pub async fn with(db: &Database, replace: impl FnOnce(AppBuilder) -> AppBuilder) -> Self {
        Self::with_routes(db, replace, |routes| routes).await
    }

    /// Builds the application with replaced components and changed routes: `|routes| routes.override_provider(..)`.
    pub async fn with_routes(
        db: &Database,
        replace: impl FnOnce(AppBuilder) -> AppBuilder,
        change: impl FnOnce(Routes<App>) -> Routes<App>,
    ) -> Self {
        let inputs = AppInputs { settings: Arc::clone(&db.settings) };
        let builder = App::builder(inputs).pool(db.pool.clone());
        let container = replace(builder).build().await.expect("the application starts");
        let endpoints = wrap(change(routes()), &db.settings.server);
        let tasks = endpoints.tasks();
        let router = endpoints.into_router(Arc::clone(&container));
        Self { container, pool: db.pool.clone(), router, tasks }
    }

    /// Creates an account with that role, and issues a token.
    pub async fn create_user(&self, role: UserRole) -> Account {
        self.create_account(new_user(role)).await
    }

    /// Creates an account for a student in that grade, and issues a token.
    pub async fn create_student(&self, grade_level: i64) -> Account {
        self.create_account(NewUser { grade_level: Some(grade_level), ..new_user(UserRole::Student) }).await
    }

    /// Creates that account, and issues a token. It skips the slow hash of a password.
    pub async fn create_account(&self, user: NewUser) -> Account {
        let now = Timestamp::now();
        let user = Tx::run(&self.pool, async |tx| UserRepository::new(tx.clone()).insert(user, now).await);
        let user = user.await.expect("the email address is unique");
        let token = self.container.resolve::<Arc<Tokens>>().issue(user.id, now).expect("a token");
        Account { id: user.id, user, token: token.expose().to_owned() }
    }

    /// Runs a service as a request would, with its transaction and its background tasks, and waits for the tasks.
    ///
    /// ```ignore
    /// let user = app.run(async |mut auth: AuthService| auth.register(ada()).await).await.unwrap();
    /// ```
    pub async fn run<T, R>(
        &self,
        body: impl AsyncFnOnce(T) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError>
    where
        T: FromRequestParts<Arc<App>, Rejection: IntoResponse> + Send + 'static,
    {
        let body = async |service: T| body(service).await.map_err(Failure::Service);
        match RequestScope::of(&self.container).run(body).await {
            Ok(value) => Ok(value),
            Err(Failure::Service(error)) => Err(error),
            Err(Failure::Scope(error)) => panic!("{error}"),
        }
    }

    /// Waits for work after the responses: background tasks and actions after a commit.
    pub async fn drain(&self) {
        self.tasks.drain(Duration::from_secs(10)).await.expect("all tasks end");
    }

    /// Starts a `GET` request.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// Starts a `POST` request.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// Starts a `PUT` request.
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// Starts a `PATCH` request.
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// Starts a `DELETE` request.
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// Starts a request with any method. The request is sent when it is awaited.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a path");
        TestRequest { router: self.router.clone(), request }
    }
}

enum Failure {
    Service(ServiceError),
    Scope(ScopeError),
}

impl From<ScopeError> for Failure {
    fn from(error: ScopeError) -> Self {
        Self::Scope(error)
    }
}

/// Request that is sent when it is awaited.
#[must_use = "a request is sent when it is awaited"]
pub struct TestRequest {
    router: Router,
    request: Request<Body>,
}

impl TestRequest {
    /// Sets the header `Authorization: Bearer ..`.
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sets a header, and replaces an existing one with that name.
    pub fn header(self, name: &'static str, value: &str) -> Self {
        self.header_value(name, value.parse().expect("the value of a header"))
    }

    /// Sets a header to any value, also one that is not text.
    pub fn header_value(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.request.headers_mut().insert(name, value);
        self
    }

    /// Adds a header to an existing one with that name.
    pub fn and_header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().append(name, value.parse().expect("the value of a header"));
        self
    }

    /// Adds an extension that the server would add, such as `ConnectInfo`.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.request.extensions_mut().insert(value);
        self
    }

    /// Sets a JSON body and its content type.
    #[allow(clippy::needless_pass_by_value, reason = "callers pass the result of `json!`")]
    pub fn json(self, body: Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a body and its content type.
    pub fn body(self, content_type: &str, body: impl Into<Body>) -> Self {
        let mut request = self.header("content-type", content_type);
        *request.request.body_mut() = body.into();
        request
    }
}

impl IntoFuture for TestRequest {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let request = format!("{} {}", self.request.method(), self.request.uri());
            let response = self.router.oneshot(self.request).await;
            let (head, body) = response.unwrap_or_else(|never| match never {}).into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a complete body");
            TestResponse { request, status: head.status, headers: head.headers, body }
        })
    }
}

/// Response to a request.
#[derive(Clone, Debug)]
pub struct TestResponse {
    /// Method and URI of the request, such as "GET /api/v1/users".
    pub request: String,
    /// Status of the response.
    pub status: StatusCode,
    /// Headers of the response.
    pub headers: HeaderMap,
    /// Complete body of the response.
    pub body: Bytes,
}

impl TestResponse {
    /// Asserts the status, and returns the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.request, self.text());
        self.json()
    }

    /// Asserts that the response is a problem with that status and reveals no internals, and returns it.
    #[track_caller]
    pub fn problem(self, status: u16) -> Value {
        let text = self.text();
        assert_eq!(self.status.as_u16(), status, "{}: {text}", self.request);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {text}", self.request);
        let problem = self.json();
        assert_eq!(problem["status"], status, "{text}");
        assert_eq!(problem["title"].as_str(), self.status.canonical_reason(), "{text}");
        for secret in ["::", "sqlx", "SELECT", "INSERT", "UPDATE", "src/"] {
            assert!(!text.contains(secret), "{secret:?} must not be in a response: {text}");
        }
        if status == 401 {
            assert!(self.header("www-authenticate").starts_with("Bearer"), "{:?}", self.headers);
        }
        problem
    }

    /// Returns a header, which must exist.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("{}: no {name} in {:?}", self.request, self.headers));
        value.to_str().expect("text")
    }

    /// Returns the body as JSON, or `null` if it is empty.
    #[track_caller]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.request, self.text()))
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Asserts that the response is a 422, and returns the invalid fields.
    #[track_caller]
    pub fn invalid_fields(self) -> Vec<String> {
        let problem = self.problem(422);
        let errors = problem["errors"].as_array().expect("a list of fields").clone();
        errors.iter().map(|error| error["field"].as_str().expect("a name").to_owned()).collect()
    }
}
