//! Tests that each rule of the architecture is enforced: a violation in a copy of the sources makes `cargo check`
//! fail. The README lists the violations in a table.

mod copy;

use copy::Copy;

/// Violation of a rule.
struct Violation {
    /// First cell of the row in the README.
    rule: &'static str,
    /// Edits: file, original text, replacement.
    edits: &'static [(&'static str, &'static str, &'static str)],
    /// Part of the output of `cargo check`. The README contains it too.
    message: &'static str,
}

const VIOLATIONS: &[Violation] = &[
    Violation {
        rule: "An endpoint takes a repository",
        edits: &[(
            "api/routes/users.rs",
            "pub async fn me(",
            "pub async fn me(_users: crate::repositories::user::UserRepository, ",
        )],
        message: "layering violation: the Route layer may not depend on the Repository layer",
    },
    Violation {
        rule: "A repository uses a service",
        edits: &[(
            "repositories/account.rs",
            "    pool: AnyPool,\n}",
            "    pool: AnyPool,\n    dashboard: crate::services::dashboard::DashboardService,\n}",
        )],
        message: "layering violation: the Repository layer may not depend on the Service layer",
    },
    Violation {
        rule: "A service bypasses the repositories",
        edits: &[(
            "services/dashboard.rs",
            "    dashboard: DashboardRepository,",
            "    dashboard: DashboardRepository,\n    pool: sqlx::AnyPool,",
        )],
        message: "layering violation: the Service layer may not depend on the Infrastructure layer",
    },
    Violation {
        rule: "An endpoint has no access policy",
        edits: &[("api/routes/auth.rs", r#"#[post("/auth/login", public)]"#, r#"#[post("/auth/login")]"#)],
        message: "`login` has no access policy",
    },
    Violation {
        rule: "A dependency is missing in the container",
        edits: &[("app.rs", "    #[bind(ConsoleMailer)]\n    mailer: Arc<dyn Mailer>,\n", "")],
        message: "`App` does not provide `Arc<(dyn Mailer + 'static)>`",
    },
    Violation {
        rule: "Two components depend on each other",
        edits: &[
            (
                "core/security/limiter.rs",
                "pub fn new(settings: Arc<AuthSettings>)",
                "pub fn new(settings: Arc<AuthSettings>, _tokens: Arc<super::Tokens>)",
            ),
            (
                "core/security/tokens.rs",
                "pub fn new(settings: Arc<AuthSettings>)",
                "pub fn new(settings: Arc<AuthSettings>, _limiter: Arc<super::RateLimiter>)",
            ),
        ],
        message: "dependency cycle: Arc<RateLimiter> -> Arc<Tokens> -> Arc<RateLimiter>",
    },
    Violation {
        rule: "A component of the container holds a request-scoped value",
        edits: &[(
            "services/account.rs",
            "    accounts: AccountRepository,",
            "    accounts: AccountRepository,\n    user: CurrentUser,",
        )],
        message: "captive dependency: `CurrentUser` lives for one request",
    },
    Violation {
        rule: "A service is called without the proof of a role",
        edits: &[(
            "api/routes/users.rs",
            "    by: Authorized<roles::Admin>,\n    filter: UserFilter,\n    page: Page,\n) -> Result<Json<PageOf<UserResponse>>, ApiError> {",
            "    by: ActiveUser,\n    filter: UserFilter,\n    page: Page,\n) -> Result<Json<PageOf<UserResponse>>, ApiError> {",
        )],
        message: "expected `&Authorized<Admin>`, found `&ActiveUser`",
    },
    Violation {
        rule: "A provider reads the body before the guards have passed",
        edits: &[(
            "api/deps/page.rs",
            "pub fn page(Query(query): Query<PageQuery>)",
            "pub fn page(Query(query): Query<PageQuery>, _body: axum::body::Bytes)",
        )],
        message: "`axum::body::Bytes` reads the body of the request, which is too early here",
    },
    Violation {
        rule: "A model is used as a response",
        edits: &[(
            "api/routes/users.rs",
            "pub async fn me(ActiveUser(user): ActiveUser) -> Json<UserResponse> {\n    Json(user.into())",
            "pub async fn me(ActiveUser(user): ActiveUser) -> Json<crate::models::user::User> {\n    Json(user)",
        )],
        message: "the trait bound `User: serde::Serialize` is not satisfied",
    },
];

#[test]
fn every_violation_is_an_error_of_cargo_check() {
    let copy = Copy::new();
    assert_eq!(copy.check(), Ok(()), "the unmodified copy compiles");
    let readme = include_str!("../../README.md");
    for Violation { rule, edits, message } in VIOLATIONS {
        for (file, old, new) in *edits {
            copy.edit(file, old, new);
        }
        let errors = copy.check().expect_err(rule);
        for (file, ..) in *edits {
            copy.restore(file);
        }
        // rustc prints the path of a layer if another type with the same name is in scope, such as axum's `Route`.
        let errors = errors.replace("inject_runtime::layer::", "");
        assert!(errors.contains(message), "{rule}: {message}\n\n{errors}");
        assert!(readme.contains(&format!("| {rule} |")), "the README does not have the rule {rule:?}");
        assert!(readme.contains(message), "the README does not have the message {message:?}");
    }
}
