//! Settings: typed, layered, validated at startup. [`load`](Settings::load) reads them.

mod load;
mod reader;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use inject_runtime::{in_layer, layer::Common};
use ipnet::IpNet;
use secrecy::SecretString;

pub use self::load::{SettingsError, Sources};

/// Settings of the application. The layer is `Common`, so that every layer may depend on them.
///
/// Services depend only on the section that they need, such as `Arc<AuthSettings>`, which a factory of the container
/// extracts.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct Settings {
    /// Environment in which the program runs.
    pub environment: Environment,
    /// Settings of the server.
    pub server: ServerSettings,
    /// Settings of the database.
    pub database: DatabaseSettings,
    /// Settings of passwords and tokens.
    pub auth: Arc<AuthSettings>,
    /// Settings of requests to other services.
    pub http: Arc<HttpSettings>,
    /// Settings of the job queue.
    pub jobs: Arc<JobSettings>,
    /// Settings of mails.
    pub mail: Arc<MailSettings>,
    /// Settings of embeddings, search and chat.
    pub rag: Arc<RagSettings>,
    /// Settings of the log.
    pub logging: LogSettings,
}

/// Environment in which the program runs. Each environment has a file in `config/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Development on a local machine.
    Development,
    /// Automated tests.
    Test,
    /// Production.
    Production,
}

impl Environment {
    /// Returns the name of the environment, as in `PLATFORM_ENVIRONMENT`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

/// Section `[server]`.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Address to listen on. Port 0 selects a free port.
    pub address: SocketAddr,
    /// Maximum size of a request body in bytes.
    pub body_limit: usize,
    /// Maximum duration of a request.
    pub timeout: Duration,
    /// Origins that are allowed to send cross-origin requests.
    pub cors_origins: Vec<String>,
    /// Networks of the proxies whose header `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Section `[database]`.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// URL of the form `sqlite://path` or `postgres://..`. It is a secret, because it may contain a password.
    pub url: SecretString,
    /// Maximum number of connections.
    pub max_connections: u32,
    /// Minimum number of connections that are kept open.
    pub min_connections: u32,
    /// Maximum time that a request waits for a connection.
    pub acquire_timeout: Duration,
    /// Idle time after which a connection is closed.
    pub idle_timeout: Duration,
    /// Age at which a connection is closed.
    pub max_lifetime: Duration,
    /// Whether a connection is tested before it is used.
    pub test_before_acquire: bool,
}

/// Section `[auth]`.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct AuthSettings {
    /// Secret that signs the tokens.
    pub secret: SecretString,
    /// Lifetime of an access token.
    pub access_lifetime: Duration,
    /// Lifetime of a refresh token.
    pub refresh_lifetime: Duration,
    /// Maximum number of login attempts per minute from an address for an account.
    pub login_attempts_per_minute: u32,
    /// Maximum number of registrations per minute from an address.
    pub registrations_per_minute: u32,
    /// Maximum number of requests with a refresh token per minute from an address.
    pub refreshes_per_minute: u32,
}

/// Section `[http]`.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Maximum time to establish a connection.
    pub connect_timeout: Duration,
    /// Maximum time to wait for a response.
    pub timeout: Duration,
    /// Maximum number of retries of a failed request.
    pub retries: usize,
}

/// Section `[jobs]`.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct JobSettings {
    /// Whether the server itself runs the jobs.
    pub in_process: bool,
    /// Maximum number of concurrent jobs.
    pub concurrency: usize,
    /// Interval at which the worker polls for new jobs.
    pub poll_interval: Duration,
    /// Maximum number of attempts before a job is dead.
    pub attempts: usize,
    /// Delay after the first failed attempt. It grows with each attempt.
    pub backoff: Duration,
    /// Maximum duration of an attempt.
    pub timeout: Duration,
    /// Interval of the heartbeat of a worker, in whole seconds. After three missed heartbeats, other workers take
    /// over its jobs.
    pub heartbeat: Duration,
    /// Maximum time that a stopping worker waits for its running jobs. All shutdown hooks together have 15 seconds.
    pub shutdown_timeout: Duration,
}

/// Section `[mail]`.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Address of the sender.
    pub sender: String,
}

/// Section `[rag]`.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct RagSettings {
    /// Path of the file of the embedded vector store.
    pub vectors: PathBuf,
    /// Name of the collection in the vector store.
    pub collection: String,
    /// Number of passages that an answer is based on.
    pub passages: usize,
    /// Qdrant server that replaces the embedded store.
    pub qdrant: Option<Remote>,
    /// Endpoint with the protocol of `OpenAI` that replaces the offline models.
    pub openai: Option<Remote>,
    /// Name of the embedding model of that endpoint.
    pub embedding_model: String,
    /// Number of dimensions of its embeddings.
    pub embedding_dimensions: usize,
    /// Name of the chat model of that endpoint.
    pub chat_model: String,
}

/// External service and its key.
#[derive(Clone, Debug)]
pub struct Remote {
    /// URL of the service.
    pub url: String,
    /// Key that authenticates this application.
    pub key: Option<SecretString>,
}

/// Section `[logging]`.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Format of a line.
    pub format: LogFormat,
    /// Filter of the lines, such as `info,sqlx=warn`.
    pub filter: String,
}

/// Format of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Human-readable text.
    Pretty,
    /// JSON.
    Json,
}

/// Factories for the sections, so that a component can depend on a section instead of all settings.
#[allow(clippy::needless_pass_by_value, reason = "the container passes dependencies by value")]
impl Settings {
    /// Returns the section `[auth]`. This is a factory of the container.
    #[must_use]
    pub fn auth(settings: Arc<Self>) -> Arc<AuthSettings> {
        Arc::clone(&settings.auth)
    }

    /// Returns the section `[http]`. This is a factory of the container.
    #[must_use]
    pub fn http(settings: Arc<Self>) -> Arc<HttpSettings> {
        Arc::clone(&settings.http)
    }

    /// Returns the section `[jobs]`. This is a factory of the container.
    #[must_use]
    pub fn jobs(settings: Arc<Self>) -> Arc<JobSettings> {
        Arc::clone(&settings.jobs)
    }

    /// Returns the section `[mail]`. This is a factory of the container.
    #[must_use]
    pub fn mail(settings: Arc<Self>) -> Arc<MailSettings> {
        Arc::clone(&settings.mail)
    }

    /// Returns the section `[rag]`. This is a factory of the container.
    #[must_use]
    pub fn rag(settings: Arc<Self>) -> Arc<RagSettings> {
        Arc::clone(&settings.rag)
    }
}
