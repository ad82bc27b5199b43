//! The application, without a socket.

use std::{future::IntoFuture, pin::Pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::FromRequestParts,
    http::{HeaderMap, Method, Request, StatusCode},
    response::IntoResponse,
};
use inject_runtime::{RequestScope, Routes, ScopeError, Tasks};
use jiff::Timestamp;
use learning_platform::{
    api::{middleware::around, routes::routes},
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

/// The application over the database of a test.
///
/// ```ignore
/// let app = TestApp::new(&db).await;
/// let book = app.post("/api/v1/contents").token(&teacher.token).json(json!({ .. })).await.expect(201);
/// app.get("/api/v1/contents/7").await.problem(401);
/// app.done().await;       // what happens after the answers: mail, for example
/// ```
pub struct TestApp {
    /// To look behind the scenes: `app.container.resolve::<T>()`.
    pub container: Arc<App>,
    /// The database.
    pub pool: AnyPool,
    router: Router,
    tasks: Tasks,
}

/// Somebody who has logged in.
#[derive(Clone, Debug)]
pub struct Account {
    /// The number of the account.
    pub id: i64,
    /// The account.
    pub user: User,
    /// An access token.
    pub token: String,
}

/// A user to be added, whose email nobody else has, and whose password nobody knows.
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
    /// As it is in production, but for the settings.
    pub async fn new(db: &Database) -> Self {
        Self::with(db, |builder| builder).await
    }

    /// With other components: `TestApp::with(&db, |builder| builder.mailer(fake.clone()))`.
    pub async fn with(db: &Database, replace: impl FnOnce(AppBuilder) -> AppBuilder) -> Self {
        Self::over(db, replace, |routes| routes).await
    }

    /// With other components, and with other routes: `|routes| routes.override_provider(..)`.
    pub async fn over(
        db: &Database,
        replace: impl FnOnce(AppBuilder) -> AppBuilder,
        change: impl FnOnce(Routes<App>) -> Routes<App>,
    ) -> Self {
        let inputs = AppInputs { settings: Arc::clone(&db.settings) };
        let builder = App::builder(inputs).pool(db.pool.clone());
        let container = replace(builder).build().await.expect("the application starts");
        let endpoints = around(change(routes()), &db.settings.server);
        let tasks = endpoints.tasks();
        let router = endpoints.into_router(Arc::clone(&container));
        Self { container, pool: db.pool.clone(), router, tasks }
    }

    /// Makes an account with that role, and logs in.
    pub async fn as_user(&self, role: UserRole) -> Account {
        self.account(new_user(role)).await
    }

    /// Makes an account for a student in that grade, and logs in.
    pub async fn as_student_of(&self, grade_level: i64) -> Account {
        self.account(NewUser { grade_level: Some(grade_level), ..new_user(UserRole::Student) }).await
    }

    /// Makes that account, and logs in; without a password, which would take its time.
    pub async fn account(&self, user: NewUser) -> Account {
        let now = Timestamp::now();
        let user = Tx::run(&self.pool, async |tx| UserRepository::new(tx.clone()).insert(user, now).await);
        let user = user.await.expect("nobody has that email");
        let token = self.container.resolve::<Arc<Tokens>>().issue(user.id, now).expect("a token");
        Account { id: user.id, user, token: token.expose().to_owned() }
    }

    /// Runs a service as a request would, with its transaction and its background tasks, which it waits for.
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

    /// Waits for what requests have left to do: background tasks, and what follows a commit.
    pub async fn done(&self) {
        self.tasks.drain(Duration::from_secs(10)).await.expect("nothing goes on for ever");
    }

    /// `GET`
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// `POST`
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// `PUT`
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// `PATCH`
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// `DELETE`
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// Any method. The request is made when it is awaited.
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

/// A request that is made when it is awaited.
#[must_use = "a request is made when it is awaited"]
pub struct TestRequest {
    router: Router,
    request: Request<Body>,
}

impl TestRequest {
    /// `Authorization: Bearer ..`
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// A header; it replaces one of that name.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, value.parse().expect("the value of a header"));
        self
    }

    /// Something that the server would have put there, such as `ConnectInfo`.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.request.extensions_mut().insert(value);
        self
    }

    /// A body, and its type.
    #[allow(clippy::needless_pass_by_value, reason = "for `json!` at the call")]
    pub fn json(self, body: Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Another body.
    pub fn body(self, content_type: &str, body: impl Into<Body>) -> Self {
        let mut request = self.header("content-type", content_type);
        *request.request.body_mut() = body.into();
        request
    }
}

impl IntoFuture for TestRequest {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let asked = format!("{} {}", self.request.method(), self.request.uri());
            let response = self.router.oneshot(self.request).await;
            let (head, body) = response.unwrap_or_else(|never| match never {}).into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a body that ends");
            Answer { asked, status: head.status, headers: head.headers, body }
        })
    }
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// "GET /api/v1/users"
    pub asked: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Bytes,
}

impl Answer {
    /// The body, if the answer has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text());
        self.json()
    }

    /// The problem that it has to be. Nothing in it is a secret of ours.
    #[track_caller]
    pub fn problem(self, status: u16) -> Value {
        let text = self.text();
        assert_eq!(self.status.as_u16(), status, "{}: {text}", self.asked);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {text}", self.asked);
        let problem = self.json();
        assert_eq!(problem["status"], status, "{text}");
        assert_eq!(problem["title"].as_str(), self.status.canonical_reason(), "{text}");
        for secret in ["::", "sqlx", "SELECT", "INSERT", "UPDATE", "src/"] {
            assert!(!text.contains(secret), "{secret:?} is no business of a client: {text}");
        }
        if status == 401 {
            assert!(self.header("www-authenticate").starts_with("Bearer"), "{:?}", self.headers);
        }
        problem
    }

    /// A header that has to be there.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("{}: no {name} in {:?}", self.asked, self.headers));
        value.to_str().expect("text")
    }

    /// The body; `null` if there is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.asked, self.text()))
    }

    /// The body.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The fields that are wrong, of a 422.
    #[track_caller]
    pub fn invalid_fields(self) -> Vec<String> {
        let problem = self.problem(422);
        let errors = problem["errors"].as_array().expect("a list of fields").clone();
        errors.iter().map(|it| it["field"].as_str().expect("a name").to_owned()).collect()
    }
}
