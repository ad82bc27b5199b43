//! Ports with one of several implementations, and collections of ports.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::Arc,
};

use inject_runtime::{container, service};

#[service]
trait Mailer: Send + Sync {
    fn name(&self) -> &'static str;
}

struct Smtp;

#[service]
impl Smtp {
    #[inject]
    async fn connect() -> Result<Self, io::Error> {
        Err(io::Error::other("no route to host"))
    }
}

impl Mailer for Smtp {
    fn name(&self) -> &'static str {
        "smtp"
    }
}

#[service]
struct Console;

impl Mailer for Console {
    fn name(&self) -> &'static str {
        "console"
    }
}

#[service]
struct Silent;

impl Mailer for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }
}

#[derive(Clone, Copy)]
enum MailKind {
    Smtp,
    Console,
    Silent,
}

#[derive(Clone)]
struct Settings {
    mail: MailKind,
}

fn mail_kind(settings: Settings) -> MailKind {
    settings.mail
}

#[container]
struct App {
    #[input]
    settings: Settings,
    #[bind(match mail_kind { MailKind::Smtp => Smtp, MailKind::Console => Console, MailKind::Silent => Silent })]
    mailer: Arc<dyn Mailer>,
}

async fn started(mail: MailKind) -> Result<Arc<App>, inject_runtime::BuildError> {
    App::builder(AppInputs { settings: Settings { mail } }).build().await
}

#[tokio::test]
async fn the_settings_choose_the_implementation() {
    assert_eq!(started(MailKind::Console).await.expect("nothing fails").mailer.name(), "console");
    assert_eq!(started(MailKind::Silent).await.expect("nothing fails").mailer.name(), "silent");
    let error = started(MailKind::Smtp).await.err().expect("there is no server");
    assert_eq!(error.field(), "mailer");
}

#[test]
fn the_graph_shows_all_choices() {
    let json = App::graph().to_json();
    for to in ["Smtp", "Console", "Silent"] {
        assert!(
            json.contains(&format!(r#"{{ "from": "mailer", "to": "{to}", "kind": "built" }}"#)),
            "{json}"
        );
    }
    assert!(json.contains(r#"{ "from": "mailer", "to": "settings", "kind": "parameter" }"#), "{json}");
}

/// Another name of a port.
type Outbox = Arc<dyn Mailer>;

#[container]
struct Collections {
    #[bind("console" => Console, "silent" => Silent)]
    by_name: HashMap<&'static str, Arc<dyn Mailer>>,
    #[bind(2 => Silent, 1 => Console)]
    by_rank: BTreeMap<u8, Arc<dyn Mailer>>,
    #[bind(Silent, Console)]
    slice: Arc<[Arc<dyn Mailer>]>,
    #[bind()]
    none: Vec<Outbox>,
    #[bind(#[cfg(any())] Missing, Console)]
    #[qualifier(Collections)]
    some: Vec<Arc<dyn Mailer>>,
    #[bind(Console)]
    outbox: Outbox,
}

#[tokio::test]
async fn ports_are_collected_in_lists_and_maps() {
    let app = Collections::builder().build().await.expect("nothing fails");
    assert_eq!(app.by_name["console"].name(), "console");
    assert_eq!(app.by_rank.values().map(|mailer| mailer.name()).collect::<Vec<_>>(), ["console", "silent"]);
    assert_eq!(app.slice.iter().map(|mailer| mailer.name()).collect::<Vec<_>>(), ["silent", "console"]);
    assert!(app.none.is_empty());
    assert_eq!(app.some.len(), 1);
    assert_eq!(app.outbox.name(), "console");
}

macro_rules! application {
    ($name:ident, $field:ident: $ty:ty = $implementation:ty) => {
        #[container]
        struct $name {
            #[bind($implementation)]
            $field: $ty,
        }
    };
}

application!(Generated, mailer: Arc<dyn Mailer> = Console);

#[tokio::test]
async fn types_can_come_from_a_macro() {
    let app = Generated::builder().build().await.expect("nothing fails");
    assert_eq!(app.mailer.name(), "console");
}

#[service]
struct Logged {
    #[decorated]
    inner: Arc<dyn Mailer>,
    prefix: Arc<Prefix>,
}

#[service]
struct Prefix {
    #[init("logged")]
    text: &'static str,
}

impl Mailer for Logged {
    fn name(&self) -> &'static str {
        assert_eq!(self.prefix.text, "logged");
        match self.inner.name() {
            "console" => "logged console",
            "retried" => "logged retried",
            _ => "logged silent",
        }
    }
}

struct Retried(Arc<dyn Mailer>);

#[service]
impl Retried {
    #[inject]
    async fn around(#[decorated] inner: Arc<dyn Mailer>) -> Self {
        tokio::task::yield_now().await;
        Self(inner)
    }
}

impl Mailer for Retried {
    fn name(&self) -> &'static str {
        assert_eq!(self.0.name(), "console");
        "retried"
    }
}

#[container]
struct Decorated {
    prefix: Arc<Prefix>,
    #[bind(Logged(Retried(Console)))]
    mailer: Arc<dyn Mailer>,
}

#[container]
struct DecoratedMember {
    prefix: Arc<Prefix>,
    #[bind(Console, Logged(Silent))]
    mailers: Vec<Arc<dyn Mailer>>,
}

#[tokio::test]
async fn a_component_decorates_its_own_port() {
    let app = Decorated::builder().build().await.expect("nothing fails");
    assert_eq!(app.mailer.name(), "logged retried");
    let app = DecoratedMember::builder().build().await.expect("nothing fails");
    let names: Vec<_> = app.mailers.iter().map(|mailer| mailer.name()).collect();
    assert_eq!(names, ["console", "logged silent"]);
}

#[test]
fn the_graph_shows_what_is_decorated() {
    let json = Decorated::graph().to_json();
    for edge in [
        r#"{ "from": "mailer", "to": "Logged", "kind": "built" }"#,
        r#"{ "from": "Logged", "to": "mailer_decorated", "name": "inner", "kind": "inward" }"#,
        r#"{ "from": "mailer_decorated", "to": "Retried", "kind": "built" }"#,
    ] {
        assert!(json.contains(edge), "{json}");
    }
}
