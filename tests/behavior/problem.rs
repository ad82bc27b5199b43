//! Problem details: the answers that errors become.

use std::{io, sync::Arc};

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

/// Returns status, headers and body of a response.
async fn parts(response: Response) -> (StatusCode, HeaderMap, Value) {
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 16).await.expect("a short body");
    (head.status, head.headers, serde_json::from_slice(&body).expect("JSON"))
}

/// Returns the answer of a handler that fails with `error`.
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
async fn a_problem_has_the_media_type_of_problem_details() {
    let (status, headers, body) = answer(Problem::new(StatusCode::NOT_FOUND)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(body, json!({ "title": "Not Found", "status": 404 }));
}

#[tokio::test]
async fn every_member_and_header_of_a_problem_is_sent() {
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
async fn reserved_members_and_invalid_values_are_left_out() {
    /// Value whose serialization fails.
    struct Unserializable;

    impl serde::Serialize for Unserializable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }

    let problem = Problem::new(StatusCode::CONFLICT)
        .with_member("status", 200)
        .with_member("type", "x")
        .with_member("broken", Unserializable)
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
async fn a_problem_with_too_many_headers_does_not_panic() {
    let mut problem = Problem::new(StatusCode::BAD_REQUEST);
    for number in 0..40_000_u32 {
        problem = problem.with_header(format!("x-{number}"), number);
    }
    assert_eq!(problem.into_response().status(), 400);
}

#[test]
fn a_status_that_is_not_an_error_becomes_a_500() {
    for status in [100, 200, 304, 399, 600, 999] {
        let status = StatusCode::from_u16(status).expect("a status");
        assert_eq!(Problem::new(status).status(), 500, "{status}");
    }
    let unnamed = Problem::new(StatusCode::from_u16(499).expect("a status"));
    assert_eq!((unnamed.status().as_u16(), unnamed.title()), (499, None));
}

#[test]
fn the_members_of_a_problem_can_be_read() {
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

/// Error with every argument that the derive macro takes.
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

/// Error with one problem.
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
async fn the_attributes_of_a_variant_describe_its_problem() {
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
async fn a_transparent_variant_has_the_problem_of_its_field() {
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
async fn a_variant_without_attributes_is_a_500_without_details() {
    let error =
        OrderError::Storage(Arc::new(io::Error::other("password authentication failed for user admin")));
    let (status, headers, body) = answer(error).await;
    assert_eq!(status, 500);
    assert_eq!(headers.len(), 1 + usize::from(headers.contains_key(header::CONTENT_LENGTH)));
    assert_eq!(body, json!({ "title": "Internal Server Error", "status": 500 }));
}

/// Error that has no values.
#[derive(Debug, thiserror::Error, Problem)]
enum Never {}

/// Generic error.
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

/// Error whose kinds are listed.
#[derive(Debug, thiserror::Error, Problem)]
enum Documented {
    /// There is no such order.
    ///
    /// Not in the last year.
    #[error("there is no order {0}")]
    #[problem(status = 404, type = "https://example.org/order", title = "No order", detail)]
    Unknown(u64),
    #[error("worker {0} has locked it")]
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
fn an_error_lists_its_kinds() {
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
fn the_listed_kinds_are_those_of_the_answers() {
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
    // A box can hold a trait object, whose kinds are not known. So it lists none.
    let boxed = Documented::Boxed(Box::new(Unauthorized::bearer()));
    assert_eq!(boxed.to_problem().status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn an_error_without_kinds_lists_none() {
    struct Silent;

    impl ToProblem for Silent {
        fn to_problem(&self) -> Problem {
            Problem::new(StatusCode::GONE)
        }
    }

    assert_eq!(Silent::kinds(), []);
    assert_eq!(Silent.to_problem().status(), StatusCode::GONE);
}
