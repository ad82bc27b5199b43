//! The container: the composition root of the application.

use std::sync::Arc;

use inject_runtime::container;
use sqlx::AnyPool;

use crate::{
    adapters::{
        chat, embedder,
        http::HttpClient,
        jobs::{JobStore, Worker},
        mail::ConsoleMailer,
        vectors,
    },
    config::{AuthSettings, HttpSettings, JobSettings, MailSettings, RagSettings, Settings},
    core::security::{Passwords, RateLimiter, Tokens},
    db,
    services::{
        jobs::{JobHandler, JobQueue, JobService},
        mailer::Mailer,
        rag::{ChatModel, Embedder, VectorStore},
    },
};

/// Container of the application, and the state of its router.
///
/// It lists the inputs, the singletons and the bindings only. Services and repositories are not listed: the generated
/// code builds them with struct literals wherever they are injected.
#[container]
pub struct App {
    /// Settings, which `main` and each test pass in.
    #[input]
    settings: Arc<Settings>,
    #[factory(Settings::auth)]
    auth: Arc<AuthSettings>,
    #[factory(Settings::http)]
    http: Arc<HttpSettings>,
    #[factory(Settings::jobs)]
    job_settings: Arc<JobSettings>,
    #[factory(Settings::mail)]
    mail: Arc<MailSettings>,
    #[factory(Settings::rag)]
    rag: Arc<RagSettings>,
    /// Connection pool, opened when the application starts and closed when it shuts down.
    #[factory(db::connect)]
    #[on_shutdown(AnyPool::close)]
    pool: AnyPool,
    /// Singleton, because its queue applies to all users of the component together.
    passwords: Arc<Passwords>,
    limiter: Arc<RateLimiter>,
    tokens: Arc<Tokens>,
    /// Implementation that is injected wherever an `Arc<dyn Mailer>` is requested.
    #[bind(ConsoleMailer)]
    mailer: Arc<dyn Mailer>,
    #[factory(JobStore::open)]
    #[on_shutdown(JobStore::close)]
    job_store: Arc<JobStore>,
    #[factory(JobStore::as_queue)]
    queue: Arc<dyn JobQueue>,
    #[bind(JobService)]
    job_handler: Arc<dyn JobHandler>,
    /// Worker of the job queue. The program starts it if this process runs jobs.
    #[on_shutdown(Worker::stop)]
    worker: Arc<Worker>,
    /// HTTP client for all requests to other services.
    #[factory(HttpClient::open)]
    http_client: HttpClient,
    /// Embedder, selected by the settings.
    #[factory(embedder::choose)]
    embedder: Arc<dyn Embedder>,
    /// Vector store, selected by the settings.
    #[factory(vectors::choose)]
    #[on_shutdown(vectors::close)]
    vectors: Arc<dyn VectorStore>,
    /// Chat model, selected by the settings.
    #[factory(chat::choose)]
    chat_model: Arc<dyn ChatModel>,
}
