//! The settings: typed, layered, checked at the start. [`load`](Settings::load) reads them.

mod load;
mod reader;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use inject_runtime::{in_layer, layer::Common};
use secrecy::SecretString;

pub use self::load::{SettingsError, Sources};

/// What the environment decides. `shared`: every layer may depend on it.
///
/// Services ask for the section that they need, `Arc<AuthSettings>`, which the container takes out of it.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which environment this is.
    pub environment: Environment,
    /// The server.
    pub server: ServerSettings,
    /// The database.
    pub database: DatabaseSettings,
    /// Passwords and tokens.
    pub auth: Arc<AuthSettings>,
    /// Calls to other services.
    pub http: Arc<HttpSettings>,
    /// The job queue.
    pub jobs: Arc<JobSettings>,
    /// Mail.
    pub mail: Arc<MailSettings>,
    /// Embeddings, search and chat.
    pub rag: Arc<RagSettings>,
    /// The log.
    pub logging: LogSettings,
}

/// Where the program runs. Each has a file in `config/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On a developer's machine.
    Development,
    /// In tests.
    Test,
    /// For real.
    Production,
}

impl Environment {
    /// As in `PLATFORM_ENVIRONMENT`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

/// `[server]`
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// The largest body of a request, in bytes.
    pub body_limit: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// Other origins whose pages may call.
    pub cors_origins: Vec<String>,
}

/// `[database]`
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `sqlite://path` or `postgres://..`: with a password in it, so a secret.
    pub url: SecretString,
    /// The largest number of connections.
    pub max_connections: u32,
    /// How many are kept open.
    pub min_connections: u32,
    /// How long a request waits for one.
    pub acquire_timeout: Duration,
    /// When an unused one is closed.
    pub idle_timeout: Duration,
    /// When any is closed.
    pub max_lifetime: Duration,
    /// Whether one is tried out before it is used.
    pub test_before_acquire: bool,
}

/// `[auth]`
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct AuthSettings {
    /// What tokens are signed with.
    pub secret: SecretString,
    /// How long an access token is good for.
    pub access_lifetime: Duration,
    /// How long a refresh token is good for.
    pub refresh_lifetime: Duration,
    /// How often somebody may try to log in.
    pub login_attempts_per_minute: u32,
}

/// `[http]`
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for an answer.
    pub timeout: Duration,
    /// How often a call that failed is made again.
    pub retries: usize,
}

/// `[jobs]`
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct JobSettings {
    /// Whether the server does the work itself.
    pub in_process: bool,
    /// How many jobs at the same time.
    pub concurrency: usize,
    /// How often to look for new ones.
    pub poll_interval: Duration,
    /// How often a job is tried before it is given up.
    pub attempts: usize,
    /// How long to wait after the first attempt that failed; later ones wait longer.
    pub backoff: Duration,
    /// How long an attempt may take.
    pub timeout: Duration,
    /// How often a worker says that it is alive: whole seconds. The jobs of one that has been silent for three times as long are taken over.
    pub heartbeat: Duration,
    /// How long running jobs are waited for when the worker is to stop. Shutdown hooks have 15 seconds in all.
    pub patience: Duration,
}

/// `[mail]`
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Who writes.
    pub sender: String,
}

/// `[rag]`
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct RagSettings {
    /// The file of the embedded vector store.
    pub vectors: PathBuf,
    /// The name of the collection in the vector store.
    pub collection: String,
    /// How many passages an answer is made from.
    pub passages: usize,
    /// A Qdrant to use instead of the embedded store.
    pub qdrant: Option<Remote>,
    /// An endpoint that speaks `OpenAI`'s protocol, to use instead of what works offline.
    pub openai: Option<Remote>,
    /// The model that makes embeddings there.
    pub embedding_model: String,
    /// How many numbers its embeddings have.
    pub embedding_dimensions: usize,
    /// The model that answers there.
    pub chat_model: String,
}

/// Another service, and the key to it.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Where it is.
    pub url: String,
    /// What lets us in.
    pub key: Option<SecretString>,
}

/// `[logging]`
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// What a line looks like.
    pub format: LogFormat,
    /// Which lines are written: `info,sqlx=warn`.
    pub filter: String,
}

/// What a line of the log looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

/// The sections, for the container: who needs one does not learn the rest.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the container hands out what is asked for, and no references"
)]
impl Settings {
    /// A factory of the container.
    #[must_use]
    pub fn auth(settings: Arc<Self>) -> Arc<AuthSettings> {
        Arc::clone(&settings.auth)
    }

    /// A factory of the container.
    #[must_use]
    pub fn http(settings: Arc<Self>) -> Arc<HttpSettings> {
        Arc::clone(&settings.http)
    }

    /// A factory of the container.
    #[must_use]
    pub fn jobs(settings: Arc<Self>) -> Arc<JobSettings> {
        Arc::clone(&settings.jobs)
    }

    /// A factory of the container.
    #[must_use]
    pub fn mail(settings: Arc<Self>) -> Arc<MailSettings> {
        Arc::clone(&settings.mail)
    }

    /// A factory of the container.
    #[must_use]
    pub fn rag(settings: Arc<Self>) -> Arc<RagSettings> {
        Arc::clone(&settings.rag)
    }
}
