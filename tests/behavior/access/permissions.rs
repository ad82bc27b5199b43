//! Permissions as data: `#[require]`, guards of routes, proofs, and what the table and the document say of them.

use std::borrow::Cow;

use axum::{
    Json, Router,
    extract::{Path, Query},
    http::{StatusCode, header},
    routing,
};
use inject_runtime::{
    ApiKey, ApiKeyScheme, Authorized, Bearer, Inject, MissingRole, Permits, Policy, Principal, Requirement,
    RequirementProof, Role, Routes, get, inject, post, require, require_role, routes,
};
use serde_json::{Value, json};

use crate::support::{App, Log, authorized, get, request, routed, send};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permission(pub(crate) &'static str);

impl Permission {
    pub(crate) const ADMIN: Self = Self("admin");

    const fn orders(write: bool) -> Self {
        if write { Self("orders:write") } else { Self("orders:read") }
    }
}

const READ: Permission = Permission("orders:read");

impl Requirement for Permission {
    type Principal = User;

    fn name(&self) -> Cow<'static, str> {
        self.0.into()
    }
}

/// Another type of requirements on the same principal, with fields.
#[derive(Clone, Copy, Debug)]
enum Plan {
    Paid,
    Seats { at_least: usize },
}

impl Requirement for Plan {
    type Principal = User;

    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Paid => "paid".into(),
            Self::Seats { at_least } => format!("seats:{at_least}").into(),
        }
    }
}

#[derive(Role, Clone, Copy, Debug, PartialEq, Eq)]
#[role(principal = User, proofs = levels)]
pub(crate) enum Level {
    Staff,
    Guest,
}

/// The token lists the permissions: `staff,orders:read`.
#[derive(Clone, Debug)]
pub(crate) struct User {
    granted: Vec<String>,
}

impl Permits<Permission> for User {
    fn permits(&self, permission: &Permission) -> bool {
        self.granted.iter().any(|granted| granted == permission.0)
    }
}

impl Permits<Plan> for User {
    fn permits(&self, plan: &Plan) -> bool {
        match plan {
            Plan::Paid => self.granted.iter().any(|granted| granted == "paid"),
            Plan::Seats { at_least } => self.granted.len() >= *at_least,
        }
    }
}

impl Principal<Level> for User {
    fn has_role(&self, level: Level) -> bool {
        level == Level::Staff && self.granted.iter().any(|granted| granted == "staff")
    }
}

#[inject]
fn user(bearer: Bearer, Inject(log): Inject<Log>) -> Result<User, StatusCode> {
    log.add("authenticate");
    let granted = bearer.token().split('+').map(|name| name.replace('.', ":")).collect();
    if bearer.token() == "stolen" { Err(StatusCode::UNAUTHORIZED) } else { Ok(User { granted }) }
}

#[get("/one")]
#[require(Permission("orders:read"))]
async fn one(user: User) -> String {
    user.granted.join(" ")
}

#[require(all(Permission("orders:read"), Permission("orders:write")))]
#[get("/all")]
async fn both() {}

#[get("/any")]
#[require(any(Permission::ADMIN, all(Plan::Paid, Plan::Seats { at_least: 2 }), Permission::orders(true)))]
async fn nested() {}

#[get("/several")]
#[require(READ as Permission)]
#[require((Plan::Paid))]
async fn several() {}

#[require_role(Level::Staff)]
#[get("/role")]
#[require(Permission("orders:read"))]
async fn with_role(user: User) -> String {
    user.granted.join(" ")
}

fn all() -> Routes<App> {
    routes![one, both, nested, several, with_role]
}

#[tokio::test]
async fn the_principal_must_meet_the_requirement() {
    let (router, log) = routed(all()).await;
    for (path, token, status) in [
        ("/one", "orders.read", 200),
        ("/one", "orders.write", 403),
        ("/all", "orders.read+orders.write", 200),
        ("/all", "orders.read", 403),
        ("/all", "orders.write", 403),
        ("/any", "admin", 200),
        ("/any", "orders.write", 200),
        ("/any", "paid+other", 200),
        ("/any", "paid", 403),
        ("/any", "a+b", 403),
        ("/several", "orders.read+paid", 200),
        ("/several", "orders.read", 403),
        ("/several", "paid", 403),
        ("/role", "orders.read+staff", 200),
        ("/role", "orders.read", 403),
        ("/role", "staff", 403),
    ] {
        let answer = send(&router, authorized("GET", path, token)).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {token}");
        assert_eq!(log.take(), ["authenticate"], "{path} {token}: once");
        let challenge = answer.headers.get(header::WWW_AUTHENTICATE);
        if status == 403 {
            assert_eq!(challenge.expect("a challenge"), "Bearer error=\"insufficient_scope\"");
            answer.assert_problem(StatusCode::FORBIDDEN);
        } else {
            assert_eq!(challenge, None);
        }
    }
    for path in ["/one", "/all", "/any", "/several", "/role"] {
        assert_eq!(get(&router, path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let answer = send(&router, authorized("GET", path, "stolen")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[post("/order/{id}")]
#[require(Permission("orders:write"))]
async fn order(Path(_): Path<u8>, Query(_): Query<Ids>, Json(_): Json<Value>) {}

#[derive(serde::Deserialize)]
struct Ids {
    #[allow(dead_code, reason = "required of the query")]
    id: u8,
}

#[tokio::test]
async fn nothing_else_is_extracted_before() {
    let (router, _) = routed(routes![order]).await;
    // Path, query and body are wrong.
    let send = async |token| send(&router, authorized("POST", "/order/x", token)).await.status;
    assert_eq!(crate::support::send(&router, request("POST", "/order/x")).await.status, 401);
    assert_eq!(send("orders.read").await, 403);
    assert_eq!(send("orders.write").await, 400);
}

#[require(any(Permission("orders:read"), Permission::ADMIN))]
#[require(Plan::Paid)]
#[require_role(Level::Staff)]
async fn plain() -> &'static str {
    "plain"
}

#[tokio::test]
async fn a_plain_handler_and_guards_of_routes_require_as_well() {
    #[get("/guarded", authenticated = User)]
    async fn guarded() {}

    fn guarded_routes() -> Routes<App> {
        routes![guarded]
    }
    let guarded = guarded_routes().require(Plan::Paid.and(READ.or(Permission::ADMIN)));
    let plain = Router::new().route("/plain", routing::get(plain));
    let (router, _) = routed(Routes::new().merge(plain).merge(guarded)).await;
    for (path, token, status) in [
        ("/plain", "paid+admin+staff", 200),
        ("/plain", "paid+orders.read+staff", 200),
        ("/plain", "paid+staff", 403),
        ("/plain", "admin+staff", 403),
        ("/plain", "paid+admin", 403),
        ("/guarded", "paid+admin", 200),
        ("/guarded", "paid+orders.read", 200),
        ("/guarded", "paid", 403),
        ("/guarded", "orders.read+admin", 403),
    ] {
        let answer = send(&router, authorized("GET", path, token)).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {token}");
    }
    assert_eq!(get(&router, "/plain").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&router, "/guarded").await.status, StatusCode::UNAUTHORIZED);
}

struct WriteOrders;

impl RequirementProof for WriteOrders {
    type Requirement = Permission;

    const REQUIREMENT: Permission = Permission("orders:write");
}

#[get("/proof")]
async fn proof(by: Authorized<(WriteOrders, levels::Staff)>) -> String {
    by.granted.join(" ")
}

#[tokio::test]
async fn a_requirement_as_a_type_has_a_proof() {
    let user = |granted: &str| User { granted: vec![granted.to_owned()] };
    let MissingRole(back) = Authorized::<WriteOrders>::check(user("orders:read")).unwrap_err();
    assert_eq!(back.granted, ["orders:read"]);
    assert_eq!(Authorized::<WriteOrders>::check(user("orders:write")).unwrap().granted, ["orders:write"]);
    let (router, _) = routed(routes![proof]).await;
    for (token, status) in [("orders.write", 200), ("staff", 200), ("orders.read", 403)] {
        assert_eq!(
            send(&router, authorized("GET", "/proof", token)).await.status.as_u16(),
            status,
            "{token}"
        );
    }
}

#[test]
fn the_table_says_what_is_required() {
    fn proof_routes() -> Routes<App> {
        routes![proof]
    }
    let table = all().merge(proof_routes()).table();
    let policies: Vec<_> = table.rows().iter().map(|row| row.policy.to_string()).collect();
    assert_eq!(
        policies,
        [
            r#"Permission("orders:read")"#,
            r#"all(Permission("orders:read"), Permission("orders:write"))"#,
            "any(Permission::ADMIN, all(Plan::Paid, Plan::Seats { at_least: 2 }), Permission::orders(true))",
            "all(READ, Plan::Paid)",
            r#"all(Level::Staff, Permission("orders:read"))"#,
            "authenticated: Authorized<(WriteOrders, levels::Staff)>",
        ]
    );
    assert!(matches!(table.rows()[0].policy, Policy::Required { .. }));
    // Conjunctions of alternatives.
    let permissions: Vec<Vec<_>> = table
        .rows()
        .iter()
        .map(|row| row.checks.iter().map(|check| check.permissions.join("|")).collect())
        .collect();
    assert_eq!(
        permissions,
        [
            vec!["orders:read"],
            vec!["orders:read", "orders:write"],
            vec!["admin|paid|orders:write", "admin|seats:2|orders:write"],
            vec!["orders:read", "paid"],
            vec!["", "orders:read"],
            vec!["orders:write"],
        ]
    );
    assert_eq!(table.rows()[5].checks[0].any_of.len(), 1, "or the role");
    let json: Value = serde_json::from_str(&table.to_json()).expect("JSON");
    assert_eq!(
        json["routes"][0]["policy"],
        json!({ "kind": "required", "requirement": "Permission(\"orders:read\")" })
    );
    assert_eq!(json["routes"][1]["checks"][1]["permissions"], json!(["orders:write"]));
}

#[test]
fn the_document_says_what_is_required() {
    let document = serde_json::to_value(all().require(READ.or(Plan::Paid)).openapi()).expect("a document");
    let one = &document["paths"]["/one"]["get"];
    assert_eq!(one["security"], json!([{ "bearer": ["orders:read", "paid"] }]));
    assert_eq!(
        one["description"],
        "Requires one of the permissions `orders:read` and `paid`.\n\nRequires the permission `orders:read`."
    );
    assert!(one["responses"]["401"].is_object() && one["responses"]["403"].is_object());
    let role = &document["paths"]["/role"]["get"]["description"];
    assert!(role.as_str().expect("text").contains("Requires the role `Staff`."), "{role}");
}

/// A principal without a bearer token.
#[derive(Clone)]
struct Partner;

struct PartnerKey;

impl ApiKeyScheme for PartnerKey {
    const NAME: &'static str = "X-Partner-Key";
}

#[inject]
fn partner(_: ApiKey<PartnerKey>) -> Partner {
    Partner
}

struct Never;

impl Requirement for Never {
    type Principal = Partner;

    fn name(&self) -> Cow<'static, str> {
        "never".into()
    }
}

impl Permits<Never> for Partner {
    fn permits(&self, _: &Never) -> bool {
        false
    }
}

#[get("/never")]
#[require(Never)]
async fn never() {}

#[tokio::test]
async fn a_403_without_a_bearer_token_has_no_challenge_and_with_one_it_has_the_realm() {
    let (router, _) = routed(routes![never]).await;
    let mut with_key = request("GET", "/never");
    with_key.headers_mut().insert("x-partner-key", "key".parse().expect("a header"));
    let answer = send(&router, with_key).await;
    answer.assert_problem(StatusCode::FORBIDDEN);
    assert_eq!(answer.headers.get(header::WWW_AUTHENTICATE), None);

    let (router, _) = routed(all().realm("shop")).await;
    for path in ["/one", "/role"] {
        let answer = send(&router, authorized("GET", path, "none")).await;
        assert_eq!(
            answer.headers[header::WWW_AUTHENTICATE],
            "Bearer realm=\"shop\", error=\"insufficient_scope\""
        );
    }
}

/// The macro sees tokens: those of a `macro_rules!` are in groups without delimiters.
macro_rules! endpoint {
    ($name:ident, $path:literal, $permission:expr) => {
        #[get($path)]
        #[require($permission)]
        async fn $name() {}
    };
    (any $name:ident, $path:literal, $($permission:expr),*) => {
        #[get($path)]
        #[require(any($($permission),*))]
        async fn $name() {}
    };
}

endpoint!(by_macro, "/macro", Permission("orders:read"));
endpoint!(any by_macro_any, "/macro-any", Permission("orders:read"), Plan::Paid, Permission::ADMIN);

type Alias = Permission;

#[get("/alias")]
#[inject_runtime::require(Alias::ADMIN)]
async fn alias() {}

#[tokio::test]
async fn macros_and_aliases_are_understood() {
    let routes: Routes<App> = routes![by_macro, by_macro_any, alias];
    let (router, _) = routed(routes).await;
    for (path, token, status) in [
        ("/macro", "orders.read", 200),
        ("/macro", "admin", 403),
        ("/macro-any", "paid", 200),
        ("/macro-any", "other", 403),
        ("/alias", "admin", 200),
        ("/alias", "other", 403),
    ] {
        assert_eq!(
            send(&router, authorized("GET", path, token)).await.status.as_u16(),
            status,
            "{path} {token}"
        );
    }
}
