//! Errors as clients see them.

use std::{
    error::Error,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use inject_runtime::{Problem, ProblemKind, ToProblem, Unauthorized};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Status, headers and body of a response.
async fn parts(response: Response) -> (StatusCode, HeaderMap, Value) {
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 16).await.expect("a short body");
    (head.status, head.headers, serde_json::from_slice(&body).expect("JSON"))
}

/// What a client of a handler that fails with `error` gets.
async fn answer<E>(error: E) -> (StatusCode, HeaderMap, Value)
where
    E: IntoResponse + Clone + Send + Sync + 'static,
{
    let handler = async move || Err::<(), E>(error.clone());
    let router: Router = Router::new().route("/", get(handler));
    let request = Request::get("/").body(Body::empty()).expect("a request");
    parts(router.oneshot(request).await.expect("infallible")).await
}

#[tokio::test]
async fn a_problem_is_json_with_a_type_of_its_own() {
    let (status, headers, body) = answer(Problem::new(StatusCode::NOT_FOUND)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(body, json!({ "title": "Not Found", "status": 404 }));
}

#[tokio::test]
async fn all_that_is_said_is_sent() {
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
        .with_type_uri("https://example.org/invalid")
        .with_title("Invalid order")
        .with_detail(String::from("there is no size \"XS\""))
        .with_instance("/orders/7")
        .with_member("field", "size")
        .with_member("allowed", ["S", "M"])
        .with_header(header::RETRY_AFTER, 120)
        .with_header("x-trace", "1")
        .with_header("X-Trace", "2");
    let (status, headers, body) = answer(problem).await;
    assert_eq!(status, 422);
    assert_eq!(headers[header::RETRY_AFTER], "120");
    assert_eq!(headers.get_all("x-trace").iter().collect::<Vec<_>>(), ["1", "2"]);
    let expected = json!({
        "type": "https://example.org/invalid",
        "title": "Invalid order",
        "status": 422,
        "detail": "there is no size \"XS\"",
        "instance": "/orders/7",
        "field": "size",
        "allowed": ["S", "M"],
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_cannot_be_said_is_left_out() {
    /// Says no.
    struct Unserialisable;

    impl serde::Serialize for Unserialisable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }

    let problem = Problem::new(StatusCode::CONFLICT)
        .with_member("status", 200)
        .with_member("type", "x")
        .with_member("broken", Unserialisable)
        .with_member("kept", true)
        .with_header("not a name", "x")
        .with_header("x-split", "a\r\nset-cookie: b")
        .with_header(header::CONTENT_TYPE, "text/html")
        .with_header(header::CONTENT_LENGTH, 1);
    assert_eq!(problem.member("broken"), None);
    assert_eq!(problem.headers().len(), 1);
    let (status, headers, body) = answer(problem).await;
    assert_eq!(status, 409);
    assert_eq!(headers.get_all(header::CONTENT_TYPE).iter().count(), 1);
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(body, json!({ "title": "Conflict", "status": 409, "kept": true }));
}

#[tokio::test]
async fn too_many_headers_are_no_reason_to_panic() {
    let mut problem = Problem::new(StatusCode::BAD_REQUEST);
    for number in 0..40_000_u32 {
        problem = problem.with_header(format!("x-{number}"), number);
    }
    assert_eq!(problem.into_response().status(), 400);
}

#[test]
fn a_status_that_is_no_error_is_ours() {
    for status in [100, 200, 304, 399, 600, 999] {
        let status = StatusCode::from_u16(status).expect("a status");
        assert_eq!(Problem::new(status).status(), 500, "{status}");
    }
    let unnamed = Problem::new(StatusCode::from_u16(499).expect("a status"));
    assert_eq!((unnamed.status().as_u16(), unnamed.title()), (499, None));
}

#[test]
fn a_problem_can_be_read_back() {
    let problem =
        Problem::new(StatusCode::GONE).with_type_uri("t").with_title("T").with_detail("d").with_instance("i");
    assert_eq!(problem.type_uri(), Some("t"));
    assert_eq!(problem.title(), Some("T"));
    assert_eq!(problem.detail(), Some("d"));
    assert_eq!(problem.instance(), Some("i"));
    assert_eq!(problem.to_string(), "410 T: d");
    assert_eq!(Problem::new(StatusCode::GONE).to_string(), "410 Gone");
}

#[test]
fn the_error_of_a_result_is_small() {
    assert_eq!(size_of::<Result<(), Problem>>(), size_of::<usize>());
}

/// Everything that the derive macro can say.
#[derive(Clone, Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("no order {0}")]
    #[problem(status = 404, detail)]
    Unknown(u64),
    #[error("row {row} of table orders is locked by {owner}")]
    #[problem(
        status = CONFLICT,
        type = "https://example.org/locked",
        title = "Locked",
        detail = "order {row:>4} is being changed"
    )]
    Locked { row: u64, owner: &'static str },
    #[error("{0} > {1}")]
    #[problem(status = StatusCode::PAYLOAD_TOO_LARGE, detail = "{{{1}}} is the limit, and not {0:?}")]
    Large(u64, u64),
    #[error("the token of {0} has expired")]
    #[problem(status = 401, challenge = "Bearer error=\"invalid_token\"")]
    Expired(&'static str),
    #[error("the type is {type}", type = .r#type)]
    #[problem(status = 415, detail = "not {type}")]
    Raw { r#type: &'static str },
    #[error(transparent)]
    #[problem(transparent)]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    #[problem(transparent)]
    Boxed(Box<PaymentError>),
    #[error(transparent)]
    #[problem(transparent)]
    Problem(Problem),
    #[error("the database said no")]
    Storage(#[source] Arc<io::Error>),
}

/// One problem.
#[derive(Clone, Debug, thiserror::Error, Problem)]
#[error("card {card} was declined by the bank")]
#[problem(status = 402, detail = "the card was declined")]
struct PaymentError {
    card: &'static str,
}

async fn body(error: OrderError) -> Value {
    answer(error).await.2
}

#[tokio::test]
async fn a_variant_is_the_problem_that_its_attributes_say() {
    assert_eq!(
        body(OrderError::Unknown(7)).await,
        json!({ "title": "Not Found", "status": 404, "detail": "no order 7" }),
    );
    assert_eq!(
        body(OrderError::Locked { row: 7, owner: "ada" }).await,
        json!({
            "type": "https://example.org/locked",
            "title": "Locked",
            "status": 409,
            "detail": "order    7 is being changed",
        }),
    );
    assert_eq!(body(OrderError::Large(9, 8)).await["detail"], "{8} is the limit, and not 9");
    assert_eq!(body(OrderError::Raw { r#type: "text/html" }).await["detail"], "not text/html");
    let (status, headers, body) = answer(OrderError::Expired("ada")).await;
    assert_eq!(status, 401);
    assert_eq!(headers[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
    assert_eq!(body, json!({ "title": "Unauthorized", "status": 401 }));
}

#[tokio::test]
async fn a_transparent_variant_is_what_its_field_is() {
    let declined = json!({ "title": "Payment Required", "status": 402, "detail": "the card was declined" });
    let payment = PaymentError { card: "4111" };
    assert_eq!(body(OrderError::Payment(payment.clone())).await, declined);
    assert_eq!(body(OrderError::Boxed(Box::new(payment.clone()))).await, declined);
    assert_eq!(body(OrderError::Problem(payment.to_problem())).await, declined);
    let teapot =
        Problem::new(StatusCode::IM_A_TEAPOT).with_header("x-pot", HeaderValue::from_static("short"));
    assert_eq!(answer(OrderError::Problem(teapot)).await.1["x-pot"], "short");
}

#[tokio::test]
async fn a_variant_without_attributes_is_a_500_that_says_nothing() {
    let error =
        OrderError::Storage(Arc::new(io::Error::other("password authentication failed for user admin")));
    let (status, headers, body) = answer(error).await;
    assert_eq!(status, 500);
    assert_eq!(headers.len(), 1 + usize::from(headers.contains_key(header::CONTENT_LENGTH)));
    assert_eq!(body, json!({ "title": "Internal Server Error", "status": 500 }));
}

/// An error that cannot exist is a problem that cannot exist.
#[derive(Debug, thiserror::Error, Problem)]
enum Never {}

/// A generic error.
#[derive(Debug, thiserror::Error, Problem)]
enum Wrapped<E> {
    #[error(transparent)]
    #[problem(transparent)]
    Inner(E),
    #[error("nothing")]
    #[problem(status = 404, detail)]
    Nothing,
}

#[test]
fn generic_and_empty_errors_are_problems() {
    fn is_problem<E: ToProblem + IntoResponse>() {}
    is_problem::<Never>();
    is_problem::<Wrapped<Never>>();
    assert_eq!(Wrapped::Inner(PaymentError { card: "1" }).into_response().status(), 402);
    assert_eq!(Wrapped::<PaymentError>::Nothing.into_response().status(), 404);
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged while `f` runs.
fn logged(f: impl FnOnce()) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, f);
    let bytes = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8(bytes).expect("text")
}

#[test]
fn what_is_our_fault_is_logged_with_all_its_causes() {
    let error = OrderError::Storage(Arc::new(io::Error::other("connection refused")));
    let log = logged(|| assert_eq!(error.into_response().status(), 500));
    assert!(log.contains("ERROR"), "{log}");
    assert!(log.contains("status=500 error=the database said no causes=connection refused"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn what_is_the_fault_of_a_client_is_logged_for_those_who_look() {
    let log =
        logged(|| assert_eq!(OrderError::Locked { row: 7, owner: "ada" }.into_response().status(), 409));
    assert!(log.contains("DEBUG"), "{log}");
    assert!(log.contains("error=row 7 of table orders is locked by ada"), "{log}");
}

/// An error that is its own cause.
#[derive(Debug)]
struct Ouroboros;

impl fmt::Display for Ouroboros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bite")
    }
}

impl Error for Ouroboros {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

impl ToProblem for Ouroboros {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[test]
fn a_chain_of_causes_that_does_not_end_is_cut() {
    let log = logged(|| assert_eq!(Problem::respond_to(&Ouroboros).status(), 500));
    assert!(log.contains("bite: bite: ..") && log.len() < 1000, "{log}");
}

/// What an error can be.
#[derive(Debug, thiserror::Error, Problem)]
enum Documented {
    /// There is no such order.
    ///
    /// Not in the last year.
    #[error("there is no order {0}")]
    #[problem(status = 404, type = "https://example.org/order", title = "No order", detail)]
    Unknown(u64),
    #[error("worker {0} is at it")]
    #[problem(status = CONFLICT, detail = "it is being changed")]
    Locked(u64),
    #[error("{0}")]
    #[problem(status = 422, detail = "no {0}")]
    Invalid(&'static str),
    #[error("broken")]
    Broken,
    #[error(transparent)]
    #[problem(transparent)]
    Credentials(Unauthorized),
    #[error(transparent)]
    #[problem(transparent)]
    Boxed(Box<Unauthorized>),
}

#[test]
fn an_error_lists_what_it_can_be() {
    let kinds = [
        ProblemKind::new(StatusCode::NOT_FOUND)
            .with_type_uri("https://example.org/order")
            .with_title("No order")
            .with_description("There is no such order.\n\nNot in the last year."),
        ProblemKind::new(StatusCode::CONFLICT).with_description("it is being changed"),
        ProblemKind::new(StatusCode::UNPROCESSABLE_ENTITY),
        ProblemKind::new(StatusCode::INTERNAL_SERVER_ERROR),
        ProblemKind::new(StatusCode::UNAUTHORIZED),
    ];
    assert_eq!(Documented::kinds(), kinds);
}

#[test]
fn what_is_listed_is_what_is_answered() {
    let errors = [
        Documented::Unknown(7),
        Documented::Locked(7),
        Documented::Invalid("size"),
        Documented::Broken,
        Documented::Credentials(Unauthorized::bearer()),
    ];
    let answered: Vec<_> = errors.iter().map(|error| error.to_problem().status()).collect();
    let listed: Vec<_> = Documented::kinds().iter().map(|kind| kind.status).collect();
    assert_eq!(answered, listed);
    // Of what is behind a pointer to any error, nothing is known.
    let boxed = Documented::Boxed(Box::new(Unauthorized::bearer()));
    assert_eq!(boxed.to_problem().status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn an_error_that_says_nothing_lists_nothing() {
    struct Silent;

    impl ToProblem for Silent {
        fn to_problem(&self) -> Problem {
            Problem::new(StatusCode::GONE)
        }
    }

    assert_eq!(Silent::kinds(), []);
    assert_eq!(Silent.to_problem().status(), StatusCode::GONE);
}
