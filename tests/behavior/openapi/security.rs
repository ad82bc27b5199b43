//! Security requirements of operations.

use inject_runtime::{
    ApiKey, ApiKeyLocation, ApiKeyScheme, Authorized, Basic, Bearer, Principal, Problem, RequiresCredentials,
    Role, Routes, Unauthorized, container, get, inject, require_role, routes,
};
use serde_json::{Value, json};

use super::support::{document, keys, only};

#[container]
struct App {}

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = User, proofs = roles)]
enum UserRole {
    Admin,
    Teacher,
    Student,
}

#[derive(Clone)]
struct User;

impl Principal<UserRole> for User {
    fn has_role(&self, _: UserRole) -> bool {
        true
    }
}

#[inject]
async fn user(_session: Session) -> User {
    User
}

#[derive(Clone)]
struct Session;

#[inject]
async fn session(_bearer: Bearer) -> Session {
    Session
}

/// Principal with one of two credentials.
#[derive(Clone)]
struct Either;

#[inject]
async fn either(bearer: Option<Bearer>, key: Option<ApiKey<InHeader>>) -> Result<Either, Unauthorized> {
    if bearer.is_none() && key.is_none() { Err(Unauthorized::bearer()) } else { Ok(Either) }
}

impl RequiresCredentials for Either {}

struct InHeader;

impl ApiKeyScheme for InHeader {
    const NAME: &'static str = "X-Api-Key";
}

struct InQuery;

impl ApiKeyScheme for InQuery {
    const NAME: &'static str = "api key";
    const LOCATION: ApiKeyLocation = ApiKeyLocation::Query;
}

struct InCookie;

impl ApiKeyScheme for InCookie {
    const NAME: &'static str = "session";
    const LOCATION: ApiKeyLocation = ApiKeyLocation::Cookie;
}

/// Value of a rate limit, which only guards and one endpoint take.
#[derive(Clone)]
struct Slowed;

#[derive(Debug, thiserror::Error, Problem)]
#[error("slow down")]
#[problem(status = 429)]
struct TooMany;

#[inject]
async fn slowed(_key: ApiKey<InHeader>) -> Result<Slowed, TooMany> {
    Ok(Slowed)
}

#[get("/open", public)]
async fn open() {}

#[get("/me", authenticated = User)]
async fn me() {}

#[get("/slowed", authenticated)]
async fn slow(_: Slowed) {}

macro_rules! operation {
    ($endpoint:ident) => {{
        fn routes() -> Routes<App> {
            routes![$endpoint]
        }
        only(&routes())
    }};
}

fn opened() -> Routes<App> {
    routes![open]
}

#[test]
fn a_public_operation_has_no_requirement() {
    let open = operation!(open);
    assert_eq!(open["security"], json!([]));
    assert_eq!(keys(&open["responses"]), ["200"]);
}

#[test]
fn the_scheme_of_a_principal_is_found_through_its_providers() {
    let me = operation!(me);
    assert_eq!(me["security"], json!([{ "bearer": [] }]));
    assert_eq!(keys(&me["responses"]), ["200", "401"]);
    let unauthorized = &me["responses"]["401"];
    assert_eq!(keys(&unauthorized["content"]), ["application/problem+json"]);
    assert_eq!(keys(&unauthorized["headers"]), ["WWW-Authenticate"]);
    assert_eq!(me["description"], Value::Null);
}

#[test]
fn the_schemes_are_components_of_the_document() {
    #[get("/", authenticated)]
    async fn all(_: Bearer, _: Basic, _: ApiKey<InHeader>, _: ApiKey<InQuery>, _: ApiKey<InCookie>) {}

    fn routes() -> Routes<App> {
        routes![all]
    }
    let document = document(&routes());
    let schemes = json!({
        "X-Api-Key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
        "api_key": { "type": "apiKey", "in": "query", "name": "api key" },
        "basic": { "type": "http", "scheme": "basic" },
        "bearer": { "type": "http", "scheme": "bearer" },
        "session": { "type": "apiKey", "in": "cookie", "name": "session" },
    });
    assert_eq!(document["components"]["securitySchemes"], schemes);
    let all_of_them = json!([{ "X-Api-Key": [], "api_key": [], "basic": [], "bearer": [], "session": [] }]);
    assert_eq!(document["paths"]["/"]["get"]["security"], all_of_them);
}

#[test]
fn required_roles_are_in_the_requirement_and_in_the_description() {
    /// Deletes.
    ///
    /// All of it.
    #[get("/")]
    #[require_role(UserRole::Admin, UserRole::Teacher)]
    async fn delete() {}

    let delete = operation!(delete);
    assert_eq!(delete["security"], json!([{ "bearer": ["Admin", "Teacher"] }]));
    assert_eq!(keys(&delete["responses"]), ["200", "401", "403"]);
    assert_eq!(delete["description"], "All of it.\n\nRequires one of the roles `Admin` and `Teacher`.");
}

#[test]
fn an_optional_principal_adds_an_empty_requirement() {
    #[get("/", public)]
    async fn greet(_: Option<User>) {}

    let greet = operation!(greet);
    assert_eq!(greet["security"], json!([{}, { "bearer": [] }]));
    assert_eq!(keys(&greet["responses"]), ["200", "401"]);
}

#[test]
fn a_principal_in_a_result_adds_an_empty_requirement_and_no_401() {
    #[get("/", public)]
    async fn greet(_: Result<User, axum::response::Response>) {}

    let greet = operation!(greet);
    assert_eq!(greet["security"], json!([{}, { "bearer": [] }]));
    assert_eq!(keys(&greet["responses"]), ["200"]);
}

#[test]
fn two_optional_credentials_of_a_principal_are_alternatives() {
    #[get("/", authenticated = Either)]
    async fn show() {}

    assert_eq!(operation!(show)["security"], json!([{ "X-Api-Key": [] }, { "bearer": [] }]));
}

#[test]
fn a_second_credential_is_required_as_well() {
    #[get("/", authenticated = User)]
    async fn show(_: ApiKey<InHeader>, _: User) {}

    assert_eq!(operation!(show)["security"], json!([{ "X-Api-Key": [], "bearer": [] }]));
}

#[test]
fn a_proof_requires_its_role() {
    #[get("/")]
    async fn delete(_: Authorized<roles::Student>) {}

    let delete = operation!(delete);
    assert_eq!(delete["security"], json!([{ "bearer": ["Student"] }]));
    assert_eq!(keys(&delete["responses"]), ["200", "401", "403"]);
    assert_eq!(delete["description"], "Requires the role `Student`.");
}

#[test]
fn roles_that_routes_require_are_required_of_each_endpoint() {
    let open = only(&opened().require_role([UserRole::Admin]));
    assert_eq!(open["security"], json!([{ "bearer": ["Admin"] }]));
    assert_eq!(keys(&open["responses"]), ["200", "401", "403"]);
    assert_eq!(open["description"], "Requires the role `Admin`.");
}

#[test]
fn roles_of_routes_and_of_endpoints_add_up() {
    #[get("/")]
    #[require_role(UserRole::Teacher)]
    async fn teach() {}

    fn routes() -> Routes<App> {
        routes![teach]
    }
    let teach = only(&routes().require_role([UserRole::Admin]));
    assert_eq!(teach["security"], json!([{ "bearer": ["Admin", "Teacher"] }]));
    assert_eq!(teach["description"], "Requires the role `Admin`.\n\nRequires the role `Teacher`.");
}

#[test]
fn a_guard_is_described_if_an_endpoint_takes_the_same_value() {
    fn slow_routes() -> Routes<App> {
        routes![slow]
    }
    let routes = opened().guard::<Slowed>().merge(slow_routes());
    let document = document(&routes);
    let open = &document["paths"]["/open"]["get"];
    assert_eq!(open["security"], json!([{ "X-Api-Key": [] }]));
    assert_eq!(keys(&open["responses"]), ["200", "401", "429"]);
}

#[test]
fn a_guard_is_described_if_nothing_else_takes_the_same_value() {
    let open = only(&opened().guard::<Slowed>());
    assert_eq!(open["security"], json!([{ "X-Api-Key": [] }]));
    assert_eq!(keys(&open["responses"]), ["200", "401", "429"]);
}

#[test]
fn a_credential_can_be_a_guard() {
    for routes in [opened().guard::<Bearer>(), Routes::new().nest("/api", opened()).guard::<Bearer>()] {
        let open = only(&routes);
        assert_eq!(open["security"], json!([{ "bearer": [] }]));
        assert_eq!(keys(&open["responses"]), ["200", "401"]);
    }
    let open = only(&opened().guard::<ApiKey<InCookie>>());
    assert_eq!(open["security"], json!([{ "session": [] }]));
    let open = only(&opened().guard::<Authorized<roles::Student>>());
    assert_eq!(open["security"], json!([{ "bearer": ["Student"] }]));
    assert_eq!(keys(&open["responses"]), ["200", "401", "403"]);
}

#[test]
fn an_optional_guard_requires_nothing() {
    /// Limit for each caller, whoever it is.
    #[derive(Clone)]
    struct Limited;

    #[inject]
    fn limited(_caller: Option<User>) -> Limited {
        Limited
    }

    for routes in [opened().guard::<Option<User>>(), opened().guard::<Limited>()] {
        assert_eq!(only(&routes)["security"], json!([{}, { "bearer": [] }]));
    }
}

#[test]
fn credentials_that_a_parameter_promises_to_require_are_alternatives() {
    #[get("/", authenticated)]
    async fn show(_: Either) {}

    assert_eq!(operation!(show)["security"], json!([{ "X-Api-Key": [] }, { "bearer": [] }]));
}

#[test]
fn credentials_are_required_if_a_guard_or_a_parameter_requires_them() {
    #[get("/", public)]
    async fn greet(_: Option<User>) {}

    #[get("/", public)]
    async fn both(_: Option<Either>) {}

    fn greet_routes() -> Routes<App> {
        routes![greet]
    }
    fn both_routes() -> Routes<App> {
        routes![both]
    }
    assert_eq!(only(&greet_routes().guard::<Bearer>())["security"], json!([{ "bearer": [] }]));
    assert_eq!(
        only(&greet_routes().require_role([UserRole::Admin]))["security"],
        json!([{ "bearer": ["Admin"] }])
    );
    // Whoever sends the bearer token need not send the key.
    assert_eq!(only(&both_routes().guard::<Bearer>())["security"], json!([{ "bearer": [] }]));
}
