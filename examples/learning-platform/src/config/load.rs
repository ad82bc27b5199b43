//! Sources of the settings and their order.

use std::{collections::HashMap, env, fmt, io, net::SocketAddr, path::Path, sync::Arc};

use config::{Config, File, FileFormat};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    AuthSettings, DatabaseSettings, Environment, HttpSettings, JobSettings, LogFormat, LogSettings,
    MailSettings, RagSettings, Remote, ServerSettings, Settings, reader::Reader,
};

/// Variable that selects the environment.
const ENVIRONMENT: &str = "PLATFORM_ENVIRONMENT";

/// Prefix of every variable of this application.
const PREFIX: &str = "PLATFORM_";

/// Files with published secrets, which sign no tokens in production.
const PUBLISHED: [&str; 2] = [DEVELOPMENT, TEST];
const DEVELOPMENT: &str = include_str!("../../config/development.toml");
const TEST: &str = include_str!("../../config/test.toml");

/// Minimum length of the secret: HS256 keys must be at least as long as the hash (RFC 7518, section 3.2).
const MIN_SECRET: usize = 32;

/// Error returned when settings are invalid. It lists all problems, one on each line.
#[derive(Debug, thiserror::Error)]
pub struct SettingsError {
    problems: Vec<String>,
}

impl SettingsError {
    /// Returns the problems. Each of them names its key.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid settings")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

/// Sources of the settings, in ascending precedence: the defaults, the file of the environment, `.env`, the
/// environment variables.
#[derive(Debug, Default)]
pub struct Sources {
    variables: HashMap<String, String>,
    unreadable: Vec<String>,
}

impl Sources {
    /// Reads `.env` in the current directory, if it exists, and the environment of the process.
    #[must_use]
    pub fn from_process() -> Self {
        let mut sources = Self::default();
        sources.add_file(Path::new(".env"));
        for (name, value) in env::vars_os() {
            let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
            sources.set(&name, &value);
        }
        sources
    }

    /// Sets a variable, as the environment of the process would.
    pub fn set(&mut self, name: &str, value: &str) {
        if name.starts_with(PREFIX) {
            self.variables.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Adds the variables of a file in the format of `.env`. A file that does not exist adds none.
    pub fn add_file(&mut self, path: &Path) {
        match dotenvy::from_path_iter(path) {
            Ok(lines) => {
                for line in lines {
                    match line {
                        Ok((name, value)) => self.set(&name, &value),
                        Err(error) => self.unreadable.push(format!("{}: {error}", path.display())),
                    }
                }
            }
            Err(dotenvy::Error::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.unreadable.push(format!("{}: {error}", path.display())),
        }
    }

    fn environment(&self) -> Result<Environment, String> {
        match self.variables.get(ENVIRONMENT).map(String::as_str) {
            None | Some("development") => Ok(Environment::Development),
            Some("test") => Ok(Environment::Test),
            Some("production") => Ok(Environment::Production),
            Some(other) => {
                Err(format!("{ENVIRONMENT} is {other:?}, but must be development, test or production"))
            }
        }
    }

    fn merge(&self, environment: Environment) -> Result<Config, config::ConfigError> {
        let file = match environment {
            Environment::Development => DEVELOPMENT,
            Environment::Test => TEST,
            Environment::Production => include_str!("../../config/production.toml"),
        };
        let variables = config::Environment::with_prefix("PLATFORM")
            .prefix_separator("_")
            .separator("__")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("server.cors_origins")
            .with_list_parse_key("server.trusted_proxies")
            .ignore_empty(true)
            .source(Some(
                self.variables.iter().filter(|(name, _)| *name != ENVIRONMENT).map(clone_pair).collect(),
            ));
        Config::builder()
            .add_source(File::from_str(include_str!("../../config/default.toml"), FileFormat::Toml))
            .add_source(File::from_str(file, FileFormat::Toml))
            .add_source(variables)
            .build()
    }
}

fn clone_pair((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}

impl Settings {
    /// Reads and validates the settings.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all problems at once. It contains no value that could be a secret.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let mut problems = sources.unreadable.clone();
        let environment = match sources.environment() {
            Ok(environment) => environment,
            Err(problem) => {
                problems.push(problem);
                return Err(SettingsError { problems });
            }
        };
        let config = match sources.merge(environment) {
            Ok(config) => config,
            Err(error) => {
                problems.push(error.to_string());
                return Err(SettingsError { problems });
            }
        };
        let mut reader = Reader::new(config);
        let settings = read(environment, &mut reader);
        problems.extend(reader.finish());
        match settings {
            Some(settings) if problems.is_empty() => Ok(settings),
            _ => Err(SettingsError { problems }),
        }
    }
}

// All sections are read before the first `?`, so that all problems are found instead of only the first.
fn read(environment: Environment, reader: &mut Reader) -> Option<Settings> {
    let server = server(environment, reader);
    let database = database(environment, reader);
    let auth = auth(environment, reader);
    let http = http(reader);
    let jobs = jobs(reader);
    let mail = reader.validate("mail.sender", "an address", |sender: &String| sender.contains('@'));
    let rag = rag(reader);
    let logging = logging(reader);
    Some(Settings {
        environment,
        server: server?,
        database: database?,
        auth: Arc::new(auth?),
        http: Arc::new(http?),
        jobs: Arc::new(jobs?),
        mail: Arc::new(MailSettings { sender: mail? }),
        rag: Arc::new(rag?),
        logging: logging?,
    })
}

fn server(environment: Environment, reader: &mut Reader) -> Option<ServerSettings> {
    let address: Option<SocketAddr> = reader.parse("server.address", "an address such as 127.0.0.1:8000");
    if environment != Environment::Production && address.is_some_and(|address| !address.ip().is_loopback()) {
        reader.problem(
            "server.address",
            format_args!(
                "must be a loopback address such as 127.0.0.1:8000 in the environment {:?}, whose secrets are published: \
                 set {ENVIRONMENT}=production to listen on other addresses",
                environment.name()
            ),
        );
    }
    let body_limit = reader.validate("server.body_limit", "at least 1024", |limit| *limit >= 1024);
    let timeout = reader.duration("server.timeout");
    let cors_origins = reader.validate(
        "server.cors_origins",
        "origins such as https://app.example.org",
        |origins: &Vec<String>| {
            origins.iter().all(|origin| origin.starts_with("http") && !origin.ends_with('/'))
        },
    );
    let trusted_proxies = reader.list("server.trusted_proxies", "networks such as 10.0.0.0/8");
    Some(ServerSettings {
        address: address?,
        body_limit: body_limit?,
        timeout: timeout?,
        cors_origins: cors_origins?,
        trusted_proxies: trusted_proxies?,
    })
}

fn database(environment: Environment, reader: &mut Reader) -> Option<DatabaseSettings> {
    let is_known =
        |url: &str| ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
    let url = if environment == Environment::Production && !reader.is_set("database.url") {
        reader.problem("database.url", "is not set: set PLATFORM_DATABASE__URL in the environment");
        None
    } else {
        reader.validate("database.url", "sqlite://path or postgres://..", |url: &String| is_known(url))
    };
    let max_connections = reader.validate("database.max_connections", "at least 1", |count| *count >= 1);
    let min_connections = reader.get("database.min_connections");
    let acquire_timeout = reader.duration("database.acquire_timeout");
    let idle_timeout = reader.duration("database.idle_timeout");
    let max_lifetime = reader.duration("database.max_lifetime");
    let test_before_acquire = reader.get("database.test_before_acquire");
    Some(DatabaseSettings {
        url: url?.into(),
        max_connections: max_connections?,
        min_connections: min_connections?,
        acquire_timeout: acquire_timeout?,
        idle_timeout: idle_timeout?,
        max_lifetime: max_lifetime?,
        test_before_acquire: test_before_acquire?,
    })
}

fn auth(environment: Environment, reader: &mut Reader) -> Option<AuthSettings> {
    let secret = reader.secret("auth.secret");
    match &secret {
        None if environment == Environment::Production => {
            reader.problem("auth.secret", "is not set: set PLATFORM_AUTH__SECRET in the environment");
        }
        None => reader.problem("auth.secret", "is not set"),
        Some(secret) if secret.expose_secret().len() < MIN_SECRET => {
            reader.problem("auth.secret", format_args!("must have at least {MIN_SECRET} characters"));
        }
        Some(secret) if environment == Environment::Production && is_published(secret) => {
            reader.problem(
                "auth.secret",
                "is published in the sources: `openssl rand -base64 32` generates a secret",
            );
        }
        Some(_) => {}
    }
    let access_lifetime = reader.duration("auth.access_lifetime");
    let refresh_lifetime = reader.duration("auth.refresh_lifetime");
    let mut limit = |key| reader.validate(key, "at least 1", |count| *count >= 1);
    let logins = limit("auth.login_attempts_per_minute");
    let registrations = limit("auth.registrations_per_minute");
    let refreshes = limit("auth.refreshes_per_minute");
    Some(AuthSettings {
        secret: secret?,
        access_lifetime: access_lifetime?,
        refresh_lifetime: refresh_lifetime?,
        login_attempts_per_minute: logins?,
        registrations_per_minute: registrations?,
        refreshes_per_minute: refreshes?,
    })
}

fn is_published(secret: &SecretString) -> bool {
    PUBLISHED.iter().any(|file| file.contains(secret.expose_secret()))
}

fn http(reader: &mut Reader) -> Option<HttpSettings> {
    let connect_timeout = reader.duration("http.connect_timeout");
    let timeout = reader.duration("http.timeout");
    let retries = reader.validate("http.retries", "at most 10", |count| *count <= 10);
    Some(HttpSettings { connect_timeout: connect_timeout?, timeout: timeout?, retries: retries? })
}

fn jobs(reader: &mut Reader) -> Option<JobSettings> {
    let in_process = reader.get("jobs.in_process");
    let concurrency = reader.validate("jobs.concurrency", "from 1 to 64", |count| (1..=64).contains(count));
    let poll_interval = reader.duration("jobs.poll_interval");
    let attempts = reader.validate("jobs.attempts", "from 1 to 100", |count| (1..=100).contains(count));
    let backoff = reader.duration("jobs.backoff");
    let timeout = reader.duration("jobs.timeout");
    let heartbeat = reader.duration("jobs.heartbeat");
    if heartbeat.is_some_and(|interval| interval.subsec_nanos() != 0) {
        reader.problem("jobs.heartbeat", "must be a whole number of seconds");
    }
    let shutdown_timeout = reader.duration("jobs.shutdown_timeout");
    Some(JobSettings {
        in_process: in_process?,
        concurrency: concurrency?,
        poll_interval: poll_interval?,
        attempts: attempts?,
        backoff: backoff?,
        timeout: timeout?,
        heartbeat: heartbeat?,
        shutdown_timeout: shutdown_timeout?,
    })
}

fn rag(reader: &mut Reader) -> Option<RagSettings> {
    let vectors = reader.get("rag.vectors");
    let collection = reader.validate("rag.collection", "a name", |name: &String| !name.is_empty());
    let passages = reader.validate("rag.passages", "from 1 to 20", |count| (1..=20).contains(count));
    let qdrant = remote(reader, "rag.qdrant_url", "rag.qdrant_key");
    let openai = remote(reader, "rag.openai_url", "rag.openai_key");
    let embedding_model = reader.get("rag.embedding_model");
    let embedding_dimensions =
        reader.validate("rag.embedding_dimensions", "from 8 to 8192", |count| (8..=8192).contains(count));
    let chat_model = reader.get("rag.chat_model");
    Some(RagSettings {
        vectors: vectors?,
        collection: collection?,
        passages: passages?,
        qdrant,
        openai,
        embedding_model: embedding_model?,
        embedding_dimensions: embedding_dimensions?,
        chat_model: chat_model?,
    })
}

fn remote(reader: &mut Reader, url: &'static str, key: &'static str) -> Option<Remote> {
    let key: Option<SecretString> = reader.secret(key);
    let url: String = reader.optional(url)?;
    Some(Remote { url: url.trim_end_matches('/').to_owned(), key })
}

fn logging(reader: &mut Reader) -> Option<LogSettings> {
    let format = match reader.get::<String>("logging.format").as_deref() {
        Some("pretty") => Some(LogFormat::Pretty),
        Some("json") => Some(LogFormat::Json),
        Some(_) => {
            reader.problem("logging.format", "must be \"pretty\" or \"json\"");
            None
        }
        None => None,
    };
    let filter = reader.validate("logging.filter", "a filter such as info,sqlx=warn", |filter: &String| {
        tracing_subscriber::EnvFilter::try_new(filter).is_ok()
    });
    Some(LogSettings { format: format?, filter: filter? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_with(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let mut sources = Sources::default();
        for (name, value) in variables {
            sources.set(name, value);
        }
        Settings::load(&sources)
    }

    #[test]
    fn development_needs_no_variables() {
        let settings = load_with(&[]).unwrap();
        assert_eq!(settings.environment, Environment::Development);
        assert_eq!(settings.logging.format, LogFormat::Pretty);
    }

    #[test]
    fn the_environment_overrides_the_files() {
        let settings = load_with(&[
            ("PLATFORM_ENVIRONMENT", "test"),
            ("PLATFORM_SERVER__ADDRESS", "127.0.0.1:81"),
            ("PLATFORM_SERVER__CORS_ORIGINS", "https://a.example,https://b.example"),
            ("PLATFORM_SERVER__TRUSTED_PROXIES", "10.0.0.0/8,2001:db8::/32"),
        ])
        .unwrap();
        assert_eq!(settings.server.trusted_proxies.len(), 2);
        assert_eq!(settings.server.address.port(), 81);
        assert_eq!(settings.server.cors_origins, ["https://a.example", "https://b.example"]);
        assert_eq!(settings.auth.login_attempts_per_minute, 5);
    }

    #[test]
    fn only_production_listens_on_other_addresses_than_loopback() {
        for environment in ["development", "test"] {
            let load = |address| {
                let variables =
                    [("PLATFORM_ENVIRONMENT", environment), ("PLATFORM_SERVER__ADDRESS", address)];
                load_with(&variables)
            };
            for address in ["127.0.0.1:80", "[::1]:80", "127.1.2.3:0"] {
                load(address).unwrap();
            }
            for address in ["0.0.0.0:80", "[::]:80", "192.0.2.1:80", "[::ffff:127.0.0.1]:80"] {
                let error = load(address).unwrap_err().to_string();
                assert!(error.contains("`server.address` must be a loopback address"), "{error}");
            }
        }
    }

    #[test]
    fn production_needs_a_secret_and_a_database_of_its_own() {
        fn production(secret: &str, url: &str) -> Result<Settings, SettingsError> {
            load_with(&[
                ("PLATFORM_ENVIRONMENT", "production"),
                ("PLATFORM_AUTH__SECRET", secret),
                ("PLATFORM_DATABASE__URL", url),
            ])
        }
        let (secret, url) = ("a secret that nobody else knows, 32", "postgres://127.0.0.1/books");
        assert_eq!(production(secret, url).unwrap().server.address.to_string(), "0.0.0.0:8000");
        assert_eq!(
            production("", "").unwrap_err().problems(),
            [
                "`database.url` is not set: set PLATFORM_DATABASE__URL in the environment",
                "`auth.secret` is not set: set PLATFORM_AUTH__SECRET in the environment",
            ]
        );
        for environment in ["development", "test"] {
            let published = load_with(&[("PLATFORM_ENVIRONMENT", environment)]).unwrap().auth.secret.clone();
            let error = production(published.expose_secret(), url).unwrap_err().to_string();
            assert!(error.contains("`auth.secret` is published in the sources"), "{error}");
            assert!(!error.contains(published.expose_secret()), "{error}");
        }
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let error = load_with(&[
            ("PLATFORM_ENVIRONMENT", "production"),
            ("PLATFORM_SERVER__ADDRESS", "localhost"),
            ("PLATFORM_SERVER__TIMEOUT", "0s"),
            ("PLATFORM_SERVER__TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
            ("PLATFORM_DATABASE__MAX_CONNECTIONS", "many"),
            ("PLATFORM_DATABASE__URL", "mysql://root:hunter2@db/books"),
            ("PLATFORM_SERVER__ADRESS", "127.0.0.1:80"),
        ])
        .unwrap_err();
        let text = error.to_string();
        for key in [
            "auth.secret",
            "server.address",
            "server.timeout",
            "server.trusted_proxies",
            "database.max_connections",
            "database.url",
            "server.adress",
        ] {
            assert!(text.contains(&format!("`{key}`")), "{key} is not in: {text}");
        }
        assert_eq!(error.problems().len(), 7, "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn debug_output_does_not_contain_secrets() {
        let settings = load_with(&[
            ("PLATFORM_AUTH__SECRET", "correct horse battery staple, twice"),
            ("PLATFORM_DATABASE__URL", "postgres://books:hunter2@127.0.0.1/books"),
        ])
        .unwrap();
        let output = format!("{settings:?}");
        assert!(!output.contains("horse") && !output.contains("hunter2"), "{output}");
    }

    #[test]
    fn a_secret_that_is_too_short_is_rejected() {
        let error = load_with(&[("PLATFORM_AUTH__SECRET", "short")]).unwrap_err();
        assert_eq!(error.problems(), ["`auth.secret` must have at least 32 characters"]);
    }
}
