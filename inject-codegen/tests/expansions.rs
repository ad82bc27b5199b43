//! Expansions to be read: each file under `expansions` holds an input and its expansion.
//!
//! `INSTA_UPDATE=always cargo test -p inject-codegen --test expansions` accepts a change. Read the change first.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use proc_macro2::TokenStream;

type Macro = fn(TokenStream, TokenStream) -> TokenStream;

/// Expands `item` with `args`, and compares with the snapshot `file`.
fn check(file: &str, expand: Macro, args: &str, item: &str) {
    let expansion = expand(args.parse().expect("tokens"), item.parse().expect("tokens"));
    let shown = match formatted(&expansion) {
        Some(formatted) => formatted,
        None => expansion.to_string(),
    };
    insta::with_settings!({ snapshot_path => "expansions", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(file, format!("// Input\n{item}\n\n// Expansion\n{shown}"));
    });
}

/// Formats tokens as the sources of this repository are formatted.
fn formatted(tokens: &TokenStream) -> Option<String> {
    let source = prettyplease::unparse(&syn::parse2(tokens.clone()).ok()?);
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", config])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt, a component of the pinned toolchain");
    rustfmt.stdin.take().expect("a pipe").write_all(source.as_bytes()).expect("rustfmt reads");
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success(), "rustfmt cannot format:\n{source}");
    Some(String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned())
}

#[test]
fn a_component() {
    check(
        "component",
        inject_codegen::service,
        "",
        "\
/// Sells books.
pub struct Shop {
    books: BookRepository,
    mailer: Arc<dyn Mailer>,
    #[qualifier(Replica)]
    reports: SqlitePool,
    #[external]
    http: reqwest::Client,
    #[layering(allow, reason = \"until #42\")]
    audit: AuditLog,
    #[init(Duration::from_secs(30))]
    ttl: Duration,
    #[init]
    hits: AtomicU64,
}",
    );
}

#[test]
fn a_generic_component_with_a_conditional_field() {
    check(
        "component_generic",
        inject_codegen::service,
        "crate = wiring",
        "\
struct Cached<R: Store>(
    R,
    #[cfg(feature = \"metrics\")]
    Arc<Metrics>,
);",
    );
}

#[test]
fn a_sync_constructor() {
    check(
        "constructor_in_place",
        inject_codegen::repository,
        "",
        "\
impl Books {
    #[inject]
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }
}",
    );
}

#[test]
fn an_async_constructor() {
    check(
        "constructor_on_start",
        inject_codegen::service,
        "",
        "\
impl SearchIndex {
    #[inject]
    pub async fn open(settings: Arc<Settings>, #[external] http: reqwest::Client) -> Result<Self, IndexError> {
        Self::read(&settings.index).await
    }
}",
    );
}

#[test]
fn a_port() {
    check("port", inject_codegen::service, "", "pub trait Mailer: Send + Sync {\n    fn send(&self);\n}");
}

#[test]
fn a_layer() {
    check(
        "layer",
        inject_codegen::layer,
        "may_depend_on(Domain), used_by(inject_runtime::layer::Route)",
        "pub struct Application;",
    );
}

#[test]
fn a_container() {
    check(
        "container",
        inject_codegen::container,
        "",
        "\
pub struct App {
    #[input]
    settings: Arc<Settings>,
    #[factory(connect)]
    #[on_shutdown(close, deadline = Duration::from_secs(5))]
    db: SqlitePool,
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
    #[bind(DbCheck, CacheCheck)]
    checks: Vec<Arc<dyn HealthCheck>>,
    #[cfg(feature = \"search\")]
    #[qualifier(Fast)]
    index: Arc<SearchIndex>,
}",
    );
}

#[test]
fn a_problem() {
    check(
        "problem",
        |_, item| inject_codegen::derive_problem(item),
        "",
        "\
pub enum OrderError {
    #[problem(status = 404, detail)]
    Unknown(u64),
    #[problem(status = CONFLICT, type = \"https://example.org/locked\", title = \"Locked\", detail = \"{row} is locked\")]
    Locked { row: u64, owner: String },
    #[problem(status = status::TOO_LARGE, detail = \"{1} is the limit\")]
    TooLarge(u64, u64),
    #[problem(status = 401, challenge = \"Bearer\")]
    Expired,
    #[problem(transparent)]
    Payment(#[from] PaymentError),
    Storage(#[from] sqlx::Error),
}",
    );
}

#[test]
fn a_generic_problem() {
    check(
        "problem_generic",
        |_, item| inject_codegen::derive_problem(item),
        "",
        "\
#[problem(crate = wiring)]
pub enum Remote<E> {
    #[problem(transparent)]
    Answer(Box<E>),
    #[problem(status = 504, detail)]
    Timeout,
}",
    );
}

#[test]
fn a_provider() {
    check(
        "provider",
        inject_codegen::inject,
        "",
        "\
pub async fn current_user(bearer: Bearer, Inject(auth): Inject<AuthService>) -> Result<CurrentUser, AuthError> {
    auth.verify(bearer.token()).await
}",
    );
}

#[test]
fn an_around_function() {
    check(
        "around",
        inject_codegen::around,
        "",
        "\
/// Writes the audit log.
pub async fn audited(user: Option<User>, Inject(audit): Inject<Audit>, next: Next) -> Result<Response, AuditError> {
    let response = next.run().await;
    audit.write(user, response.status()).await?;
    Ok(response)
}",
    );
}

#[test]
fn an_endpoint_inside_of_around_functions() {
    check(
        "endpoint_around",
        inject_codegen::get,
        "\"/x\", public",
        "\
#[around(audited, timed)]
async fn x() {}",
    );
}

#[test]
fn a_generic_provider_with_a_teardown() {
    check(
        "provider_teardown",
        inject_codegen::inject,
        "uncached, teardown, until = body",
        "\
pub fn lease<const SECONDS: u64>(Query(query): Query<LeaseQuery>) -> Lease<SECONDS> {
    Lease::new(query)
}",
    );
}

#[test]
fn a_request_scoped_component() {
    check(
        "component_request",
        inject_codegen::service,
        "scope = request",
        "\
pub struct Checkout {
    user: CurrentUser,
    carts: Inject<CartService>,
    #[external]
    headers: HeaderMap,
    #[init]
    attempts: u32,
}",
    );
}

#[test]
fn an_endpoint() {
    check(
        "endpoint",
        inject_codegen::get,
        "\"/users/{id}\"",
        "\
/// One user.
#[require_role(UserRole::Admin, UserRole::Teacher)]
pub async fn get_user(
    Path(id): Path<i64>,
    caller: CurrentUser,
    Inject(users): Inject<UserService>,
) -> Result<Json<UserResponse>, ApiError> {
    users.get(id, &caller).await
}",
    );
}

#[test]
fn an_endpoint_with_a_body() {
    check(
        "endpoint_body",
        inject_codegen::route,
        "POST, \"/users\", public",
        "\
pub async fn create(Inject(users): Inject<UserService>, Json(user): Json<NewUser>) -> Result<StatusCode, ApiError> {
    users.create(user).await
}",
    );
}

#[test]
fn a_guarded_plain_handler() {
    check(
        "require_role",
        inject_codegen::require_role,
        "UserRole::Admin",
        "async fn purge(State(app): State<Arc<App>>) {}",
    );
}

#[test]
fn an_endpoint_with_a_requirement() {
    check(
        "endpoint_require",
        inject_codegen::post,
        "\"/orders\"",
        "\
#[require(any(Permission::ADMIN, Permission(\"orders:write\")))]
#[require_role(UserRole::Clerk)]
pub async fn order(user: CurrentUser) {}",
    );
}

#[test]
fn an_endpoint_with_settings_of_its_transaction() {
    check(
        "endpoint_transaction",
        inject_codegen::post,
        "\"/books\", public",
        "\
#[transaction(Tx<Postgres>, isolation = Serializable, writes, retry = 3, rollback_if = is_undone)]
async fn create(books: BookRepository, Json(book): Json<NewBook>) -> Result<StatusCode, ApiError> {
    books.create(book).await
}",
    );
}

#[test]
fn settings_above_an_endpoint() {
    check(
        "transaction",
        inject_codegen::transaction,
        "retry = 3",
        "\
#[post(\"/books\", public)]
async fn create(books: BookRepository) {}",
    );
}

#[test]
fn a_container_with_a_default_level() {
    check(
        "container_transaction",
        inject_codegen::container,
        "",
        "\
#[transaction(Tx<Postgres>, isolation = Serializable)]
struct App {
    #[input]
    pool: PgPool,
}",
    );
}

#[test]
fn a_plain_handler_with_a_requirement() {
    check(
        "require",
        inject_codegen::require,
        "READ as Permission",
        "async fn orders(State(app): State<Arc<App>>) {}",
    );
}

#[test]
fn roles() {
    check(
        "role",
        |_, item| inject_codegen::derive_role(item),
        "",
        "\
#[role(principal = CurrentUser, proofs = roles)]
pub enum UserRole {
    #[role(implies(Teacher))]
    Admin,
    Teacher,
    Student,
}",
    );
}

#[test]
fn mistakes_are_errors_and_the_rest_expands() {
    check(
        "errors",
        inject_codegen::service,
        "",
        "\
pub struct Shop {
    books: BookRepository,
    #[init = 3]
    hits: AtomicU64,
    #[layering(allow)]
    audit: AuditLog,
}",
    );
}
