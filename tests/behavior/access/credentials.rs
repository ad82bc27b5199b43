//! Extractors of credentials, and their answers to malformed ones.

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Builder},
    response::{IntoResponse as _, Response},
    routing::get,
};
use inject_runtime::{
    ApiKey, ApiKeyLocation, ApiKeyScheme, Basic, Bearer, Problem, ToProblem as _, Unauthorized,
};
use tower::ServiceExt as _;

/// A key in a header.
struct InHeader;
/// A key in the query.
struct InQuery;
/// A key in a cookie.
struct InCookie;

impl ApiKeyScheme for InHeader {
    const NAME: &'static str = "X-Api-Key";
}

impl ApiKeyScheme for InQuery {
    const NAME: &'static str = "api key";
    const LOCATION: ApiKeyLocation = ApiKeyLocation::Query;
}

impl ApiKeyScheme for InCookie {
    const NAME: &'static str = "session";
    const LOCATION: ApiKeyLocation = ApiKeyLocation::Cookie;
}

async fn bearer(bearer: Bearer) -> String {
    bearer.token().to_owned()
}

async fn basic(basic: Basic) -> String {
    format!("{}|{}", basic.username(), basic.password())
}

async fn api_key<K: ApiKeyScheme>(key: ApiKey<K>) -> String {
    key.key().to_owned()
}

async fn optional_bearer(bearer: Option<Bearer>) -> String {
    bearer.map_or_else(|| "none".to_owned(), |bearer| bearer.token().to_owned())
}

async fn optional_basic(basic: Option<Basic>) -> String {
    basic.map_or_else(|| "none".to_owned(), |basic| basic.username().to_owned())
}

async fn optional_key<K: ApiKeyScheme>(key: Option<ApiKey<K>>) -> String {
    key.map_or_else(|| "none".to_owned(), |key| key.key().to_owned())
}

async fn respond(request: Request) -> Response {
    let router: Router = Router::new()
        .route("/bearer", get(bearer))
        .route("/basic", get(basic))
        .route("/header", get(api_key::<InHeader>))
        .route("/query", get(api_key::<InQuery>))
        .route("/cookie", get(api_key::<InCookie>))
        .route("/optional/bearer", get(optional_bearer))
        .route("/optional/basic", get(optional_basic))
        .route("/optional/header", get(optional_key::<InHeader>))
        .route("/optional/query", get(optional_key::<InQuery>))
        .route("/optional/cookie", get(optional_key::<InCookie>));
    router.oneshot(request).await.expect("infallible")
}

/// Returns the body of a 200, or the challenge of a 401.
async fn send(request: Builder) -> Result<String, String> {
    let response = respond(request.body(Body::empty()).expect("a request")).await;
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 16).await.expect("a short body");
    if head.status == StatusCode::OK {
        return Ok(String::from_utf8(body.to_vec()).expect("text"));
    }
    assert_eq!(head.status, StatusCode::UNAUTHORIZED);
    assert_eq!(head.headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(&body[..], br#"{"title":"Unauthorized","status":401}"#);
    let mut challenges = head.headers.get_all(header::WWW_AUTHENTICATE).iter();
    let challenge = challenges.next().expect("RFC 9110: a 401 has a challenge");
    assert_eq!(challenges.next(), None);
    Err(challenge.to_str().expect("visible ASCII").to_owned())
}

/// Returns a request with one header `name` per value.
fn with<V: AsRef<[u8]>>(path: &str, name: &str, values: &[V]) -> Builder {
    values.iter().fold(Request::get(path), |request, value| {
        request.header(name, HeaderValue::from_bytes(value.as_ref()).expect("a value that a server accepts"))
    })
}

async fn authorized(path: &str, values: &[&str]) -> Result<String, String> {
    send(with(path, "authorization", values)).await
}

const BEARER: &str = "Bearer";
const INVALID_TOKEN: &str = "Bearer error=\"invalid_token\"";
const BASIC: &str = "Basic realm=\"api\", charset=\"UTF-8\"";
const API_KEY: &str = "ApiKey";

#[tokio::test]
async fn a_bearer_token_is_extracted() {
    for value in ["Bearer mF_9.B5f-4.1JqM", "bearer mF_9.B5f-4.1JqM", "BEARER   mF_9.B5f-4.1JqM"] {
        assert_eq!(authorized("/bearer", &[value]).await.as_deref(), Ok("mF_9.B5f-4.1JqM"), "{value}");
    }
    assert_eq!(authorized("/bearer", &["Bearer a+/~=="]).await.as_deref(), Ok("a+/~=="));
}

#[tokio::test]
async fn a_malformed_bearer_token_is_rejected() {
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer    ",
        "Bearer =",
        "Bearer a b",
        "Bearer a,b",
        "Bearer a=b",
        "Bearer \"a\"",
        "Bearer a\tb",
        "Bearer a, Bearer b",
        "Bearer é",
        "Bearer a\u{a0}",
    ] {
        assert_eq!(authorized("/bearer", &[value]).await.unwrap_err(), INVALID_TOKEN, "{value:?}");
        assert_eq!(authorized("/optional/bearer", &[value]).await.unwrap_err(), INVALID_TOKEN, "{value:?}");
    }
    let several: [&[&str]; 3] = [&["Bearer a", "Bearer a"], &["Bearer a", "Basic YTpi"], &["", "Bearer a"]];
    for values in several {
        assert_eq!(authorized("/bearer", values).await.unwrap_err(), INVALID_TOKEN, "{values:?}");
    }
}

#[tokio::test]
async fn a_token_of_another_scheme_is_rejected_without_an_error_code() {
    for value in ["", " ", "Basic YTpi", "Bearer\ta", "BearerToken a", "Bearer=a", "é", "Béarer a"] {
        assert_eq!(authorized("/bearer", &[value]).await.unwrap_err(), BEARER, "{value:?}");
        assert_eq!(authorized("/optional/bearer", &[value]).await.unwrap_err(), BEARER, "{value:?}");
    }
}

#[tokio::test]
async fn credentials_that_are_not_text_are_rejected() {
    for (name, value) in [
        ("authorization", &b"Bearer \xff\xfe"[..]),
        ("authorization", b"Basic \xff\xfe"),
        ("authorization", b"\xff"),
    ] {
        send(with("/bearer", name, &[value])).await.unwrap_err();
        send(with("/basic", name, &[value])).await.unwrap_err();
    }
}

#[tokio::test]
async fn names_and_passwords_are_extracted() {
    for (value, expected) in [
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin|open sesame"),
        ("bASIC QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin|open sesame"),
        ("Basic YTpiOmM=", "a|b:c"),
        ("Basic YTo=", "a|"),
        ("Basic OmI=", "|b"),
        ("Basic dGVzdDoxMjPCow==", "test|123£"),
    ] {
        assert_eq!(authorized("/basic", &[value]).await.as_deref(), Ok(expected), "{value}");
    }
}

#[tokio::test]
async fn malformed_names_and_passwords_are_rejected() {
    for value in [
        "Basic",
        "Basic ",
        "Basic !",
        "Basic YTpi YTpi",
        "Basic YTo",      // a padding is missing
        "Basic YWI=",     // "ab": no colon
        "Basic Og==",     // ":": neither name nor password
        "Basic YTr/",     // "a:\xff"
        "Basic YQA6Yg==", // "a\0:b"
        "Basic YTpiDQo=", // "a:b\r\n"
        "Bearer a",
        "",
    ] {
        assert_eq!(authorized("/basic", &[value]).await.unwrap_err(), BASIC, "{value:?}");
        assert_eq!(authorized("/optional/basic", &[value]).await.unwrap_err(), BASIC, "{value:?}");
    }
    assert_eq!(authorized("/basic", &["Basic YTpi", "Basic YTpi"]).await.unwrap_err(), BASIC);
}

#[tokio::test]
async fn an_api_key_is_extracted_from_the_location_of_its_scheme() {
    for name in ["x-api-key", "X-Api-Key"] {
        let request = Request::get("/header").header(name, "k-1|\"2\"");
        assert_eq!(send(request).await.as_deref(), Ok("k-1|\"2\""));
    }
    for uri in ["/query?api%20key=k1", "/query?a=b&api+key=k1&c", "/query?Api+Key=no&api+key=k%31"] {
        assert_eq!(send(Request::get(uri)).await.as_deref(), Ok("k1"), "{uri}");
    }
    let cookies: [&[&[u8]]; 5] = [
        &[b"session=k1"],
        &[b"a=b; session=k1;c=d"],
        &[b"a=b", b"session=k1"],
        &[b"lang=\"en; session=k1"],
        &[b"name=Ren\xc3\xa9; Session=no; xsession=no; session=k1"],
    ];
    for values in cookies {
        assert_eq!(send(with("/cookie", "cookie", values)).await.as_deref(), Ok("k1"), "{values:?}");
    }
}

#[tokio::test]
async fn a_malformed_api_key_is_rejected() {
    let name = "x-api-key";
    let headers: [&[&[u8]]; 5] = [&[b""], &[b" "], &[b"a b"], &[b"\xff"], &[b"a", b"a"]];
    for values in headers {
        assert_eq!(send(with("/header", name, values)).await.unwrap_err(), API_KEY, "{values:?}");
        assert_eq!(send(with("/optional/header", name, values)).await.unwrap_err(), API_KEY);
    }
    for query in ["api+key", "api+key=", "api+key=%ff", "api+key=%00", "api+key=a&api+key=a", "api+key=a%20b"]
    {
        for path in ["/query", "/optional/query"] {
            let request = Request::get(format!("{path}?{query}"));
            assert_eq!(send(request).await.unwrap_err(), API_KEY, "{path}?{query}");
        }
    }
    let cookies: [&[&[u8]]; 5] = [
        &[b"session="],
        &[b"session=a b"],
        &[b"session=\xff"],
        &[b"session=a; session=b"],
        &[b"session=a", b"session=a"],
    ];
    for values in cookies {
        assert_eq!(send(with("/cookie", "cookie", values)).await.unwrap_err(), API_KEY, "{values:?}");
        assert_eq!(send(with("/optional/cookie", "cookie", values)).await.unwrap_err(), API_KEY);
    }
}

#[tokio::test]
async fn a_request_without_credentials_is_challenged_and_an_option_is_none() {
    for (path, challenge) in [
        ("/bearer", BEARER),
        ("/basic", BASIC),
        ("/header", API_KEY),
        ("/query", API_KEY),
        ("/cookie", API_KEY),
    ] {
        assert_eq!(send(Request::get(path)).await.unwrap_err(), challenge, "{path}");
        let optional = send(Request::get(format!("/optional{path}"))).await;
        assert_eq!(optional.as_deref(), Ok("none"), "{path}");
    }
    let others = with("/optional/cookie", "cookie", &["a=b; sessions=c; session; =session", ""]);
    assert_eq!(send(others).await.as_deref(), Ok("none"));
    assert_eq!(send(Request::get("/optional/query?&=&a")).await.as_deref(), Ok("none"));
}

/// Extracts `T` from a request with one header.
async fn extract<T: FromRequestParts<()>>(name: &str, value: &str) -> Result<T, T::Rejection> {
    let request = Request::get("/").header(name, value).body(()).expect("a request");
    T::from_request_parts(&mut request.into_parts().0, &()).await
}

#[tokio::test]
async fn debug_shows_no_secrets() {
    let bearer: Bearer = extract("authorization", "Bearer s3cret").await.expect("a token");
    let basic: Basic = extract("authorization", "Basic YWRhOnMzY3JldA==").await.expect("a password");
    let key: ApiKey<InHeader> = extract("x-api-key", "s3cret").await.expect("a key");
    assert_eq!((bearer.token(), basic.password(), key.key()), ("s3cret", "s3cret", "s3cret"));
    let shown = format!("{:?} {:?} {:?}", bearer.clone(), basic.clone(), key.clone());
    assert_eq!(shown, "Bearer { .. } Basic { username: \"ada\", .. } ApiKey { .. }");
    let rejection = extract::<Bearer>("authorization", "Bearer s3cret!").await.unwrap_err();
    assert!(!format!("{rejection:?} {rejection}").contains("s3cret"));
}

fn challenge(unauthorized: &Unauthorized) -> String {
    let problem = unauthorized.to_problem();
    problem.headers()[header::WWW_AUTHENTICATE].to_str().expect("visible ASCII").to_owned()
}

#[test]
fn a_challenge_has_the_given_parameters_and_drops_invalid_characters() {
    assert_eq!(challenge(&Unauthorized::bearer()), "Bearer");
    assert_eq!(challenge(&Unauthorized::api_key()), "ApiKey");
    assert_eq!(challenge(&Unauthorized::basic("shop")), "Basic realm=\"shop\", charset=\"UTF-8\"");
    assert_eq!(
        challenge(&Unauthorized::bearer().error("invalid_token").realm("shop")),
        "Bearer realm=\"shop\", error=\"invalid_token\"",
    );
    assert_eq!(
        challenge(&Unauthorized::basic("a \"b\" \\ c\r\nset-cookie: d\u{7f}é")),
        "Basic realm=\"a \\\"b\\\" \\\\ cset-cookie: d\", charset=\"UTF-8\"",
    );
}

/// Error of an application with `Unauthorized` in it.
#[derive(Debug, thiserror::Error, Problem)]
enum AccountError {
    #[error(transparent)]
    #[problem(transparent)]
    Unauthorized(#[from] Unauthorized),
}

#[test]
fn unauthorized_can_be_a_transparent_variant_of_an_error() {
    let response = AccountError::from(Unauthorized::bearer().error("invalid_token")).into_response();
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], INVALID_TOKEN);
}
