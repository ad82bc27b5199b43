//! The container: the one place where the application is put together.

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
    core::security::{LoginLimiter, Passwords, Tokens},
    db,
    services::{
        jobs::{JobHandler, JobQueue, JobService},
        mailer::Mailer,
        rag::{ChatModel, Embedder, VectorStore},
    },
};

/// The application, and the state of its router.
///
/// It lists what is shared, handed in or chosen, and nothing else: services and repositories are built on the spot, like struct literals,
/// wherever they are asked for.
#[container]
pub struct App {
    /// Handed in by `main`, and by each test.
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
    /// Opened when the application starts, closed when it ends.
    #[factory(db::connect)]
    #[on_shutdown(AnyPool::close)]
    pool: AnyPool,
    /// Shared, since all who use them are counted together.
    passwords: Arc<Passwords>,
    limiter: Arc<LoginLimiter>,
    tokens: Arc<Tokens>,
    /// Whoever asks for an `Arc<dyn Mailer>` gets this one.
    #[bind(ConsoleMailer)]
    mailer: Arc<dyn Mailer>,
    #[factory(JobStore::open)]
    #[on_shutdown(JobStore::close)]
    job_store: Arc<JobStore>,
    #[factory(JobStore::as_queue)]
    queue: Arc<dyn JobQueue>,
    #[bind(JobService)]
    job_handler: Arc<dyn JobHandler>,
    /// Whoever runs the application starts it, if this process is to do the jobs.
    #[on_shutdown(Worker::stop)]
    worker: Arc<Worker>,
    /// For all calls to other services.
    #[factory(HttpClient::open)]
    http_client: HttpClient,
    /// What makes vectors of texts, by the settings.
    #[factory(embedder::choose)]
    embedder: Arc<dyn Embedder>,
    /// Where vectors are kept, by the settings.
    #[factory(vectors::choose)]
    #[on_shutdown(vectors::close)]
    vectors: Arc<dyn VectorStore>,
    /// What answers, by the settings.
    #[factory(chat::choose)]
    chat_model: Arc<dyn ChatModel>,
}
