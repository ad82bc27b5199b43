//! Each rule of the architecture, broken on purpose in a copy of the sources: `cargo check` says so. The README has the same in a table.

mod copy;

use copy::Copy;

/// A rule, and how it is broken.
struct Violation {
    /// What the row of the README begins with.
    rule: &'static str,
    /// File, what is there, what is pasted in its place.
    edits: &'static [(&'static str, &'static str, &'static str)],
    /// What `cargo check` says. It is in the README as well.
    message: &'static str,
}

const VIOLATIONS: &[Violation] = &[
    Violation {
        rule: "An endpoint takes a repository",
        edits: &[(
            "api/routes/auth.rs",
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
        rule: "A service goes past the repositories",
        edits: &[(
            "services/dashboard.rs",
            "    dashboard: DashboardRepository,",
            "    dashboard: DashboardRepository,\n    pool: sqlx::AnyPool,",
        )],
        message: "layering violation: the Service layer may not depend on the Infrastructure layer",
    },
    Violation {
        rule: "An endpoint does not say who may call it",
        edits: &[("api/routes/auth.rs", r#"#[post("/auth/login", public)]"#, r#"#[post("/auth/login")]"#)],
        message: "`login` has no access policy",
    },
    Violation {
        rule: "Something is forgotten in the container",
        edits: &[("app.rs", "    #[bind(ConsoleMailer)]\n    mailer: Arc<dyn Mailer>,\n", "")],
        message: "`App` does not provide `Arc<(dyn Mailer + 'static)>`",
    },
    Violation {
        rule: "Two components need each other",
        edits: &[
            (
                "core/security/limiter.rs",
                "pub fn new(settings: Arc<AuthSettings>)",
                "pub fn new(settings: Arc<AuthSettings>, _tokens: Arc<super::Tokens>)",
            ),
            (
                "core/security/tokens.rs",
                "pub fn new(settings: Arc<AuthSettings>)",
                "pub fn new(settings: Arc<AuthSettings>, _limiter: Arc<super::LoginLimiter>)",
            ),
        ],
        message: "dependency cycle: Arc<LoginLimiter> -> Arc<Tokens> -> Arc<LoginLimiter>",
    },
    Violation {
        rule: "What lives on holds what does not",
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
        rule: "A provider reads the body, before the guards have passed",
        edits: &[(
            "api/deps/page.rs",
            "pub fn page(Query(query): Query<PageQuery>)",
            "pub fn page(Query(query): Query<PageQuery>, _body: axum::body::Bytes)",
        )],
        message: "`axum::body::Bytes` reads the body of the request, which is too early here",
    },
    Violation {
        rule: "A model is sent out",
        edits: &[(
            "api/routes/auth.rs",
            "pub async fn me(ActiveUser(user): ActiveUser) -> Json<UserResponse> {\n    Json(user.into())",
            "pub async fn me(ActiveUser(user): ActiveUser) -> Json<crate::models::user::User> {\n    Json(user)",
        )],
        message: "the trait bound `User: serde::Serialize` is not satisfied",
    },
];

#[test]
fn every_violation_is_an_error_of_cargo_check() {
    let copy = Copy::new();
    assert_eq!(copy.check(), Ok(()), "the copy compiles as it is");
    let readme = include_str!("../../README.md");
    for Violation { rule, edits, message } in VIOLATIONS {
        for (file, old, new) in *edits {
            copy.edit(file, old, new);
        }
        let errors = copy.check().expect_err(rule);
        for (file, ..) in *edits {
            copy.restore(file);
        }
        // Where two layers are in sight that are called the same, as in crates that use axum's `Route`, rustc says which it means.
        let errors = errors.replace("inject_runtime::layer::", "");
        assert!(errors.contains(message), "{rule}: {message}\n\n{errors}");
        assert!(readme.contains(&format!("| {rule} |")), "the README does not have the rule {rule:?}");
        assert!(readme.contains(message), "the README does not have the message {message:?}");
    }
}
