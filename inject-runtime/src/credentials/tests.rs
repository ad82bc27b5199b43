use axum::{
    body::to_bytes,
    extract::FromRequestParts,
    http::Request,
    response::{IntoResponse as _, Response},
};

use super::{ApiKey, ApiKeyScheme, Basic, Bearer, Unauthorized};
use crate::problem::{CredentialsAbsent, ToProblem as _};

struct Key;

impl ApiKeyScheme for Key {
    const NAME: &'static str = "x-api-key";
}

async fn rejection<T>(headers: &[(&str, &str)]) -> Unauthorized
where
    T: FromRequestParts<(), Rejection = Unauthorized>,
{
    let request =
        headers.iter().fold(Request::get("/"), |request, (name, value)| request.header(*name, *value));
    let (mut parts, ()) = request.body(()).expect("a request").into_parts();
    T::from_request_parts(&mut parts, &()).await.err().expect("a rejection")
}

fn is_marked(response: &Response) -> bool {
    response.extensions().get::<CredentialsAbsent>().is_some()
}

/// The static response equals the response of the problem.
#[tokio::test]
async fn the_response_is_that_of_the_problem() {
    for error in [
        Unauthorized::bearer(),
        Unauthorized::bearer().error("invalid_token"),
        Unauthorized::basic("api"),
        Unauthorized::api_key(),
        rejection::<Bearer>(&[]).await,
    ] {
        assert_same(error.clone().into_response(), error.to_problem().into_response()).await;
    }
}

async fn assert_same(one: Response, other: Response) {
    assert_eq!((one.status(), one.headers()), (other.status(), other.headers()));
    assert_eq!(is_marked(&one), is_marked(&other));
    let [one, other] = [one, other].map(|response| to_bytes(response.into_body(), 1_000));
    assert_eq!(one.await.expect("a body"), other.await.expect("a body"));
}

#[tokio::test]
async fn the_response_tells_absent_credentials_from_wrong_ones() {
    for absent in
        [rejection::<Bearer>(&[]).await, rejection::<Basic>(&[]).await, rejection::<ApiKey<Key>>(&[]).await]
    {
        assert!(is_marked(&absent.to_problem().into_response()), "as part of another error");
        assert!(is_marked(&absent.into_response()));
    }
    for wrong in [
        rejection::<Bearer>(&[("authorization", "")]).await,
        rejection::<Bearer>(&[("authorization", "Basic YTpi")]).await,
        rejection::<Bearer>(&[("authorization", "Bearer a"), ("authorization", "Bearer a")]).await,
        rejection::<Basic>(&[("authorization", "Basic !")]).await,
        rejection::<ApiKey<Key>>(&[("x-api-key", "")]).await,
        Unauthorized::bearer(),
    ] {
        assert!(!is_marked(&wrong.into_response()));
    }
}
