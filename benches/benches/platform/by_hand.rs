//! Two endpoints of the learning platform, wired by hand: `State`, an extractor, constructor calls, and a transaction
//! that the handler itself ends. Services, repositories and schemas are those of the platform.

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::{IntoResponse, Response},
    routing::{get, put},
};
use inject_runtime::{Bearer, Inject, Unauthorized};
use learning_platform::{
    api::{
        errors::ApiError,
        extract::{Json, Path},
    },
    core::security::{ActiveUser, Tokens},
    db::Tx,
    repositories::{
        StorageError, account::AccountRepository, activity::ActivityRepository, content::ContentRepository,
        progress::ProgressRepository,
    },
    schemas::{
        content::ChapterResponse,
        progress::{ProgressRequest, ProgressResponse},
    },
    services::{
        ServiceError, account::AccountService, content::ContentService, jobs::JobQueue,
        progress::ProgressService,
    },
};
use sqlx::AnyPool;

/// State that all requests share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) pool: AnyPool,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) queue: Arc<dyn JobQueue>,
}

/// Returns a router with the two endpoints.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/api/v1/chapters/{id}", get(get_chapter))
        .route("/api/v1/chapters/{id}/progress", put(put_progress))
        .with_state(Arc::new(shared))
}

/// User who sends the request.
struct Reader(ActiveUser);

impl FromRequestParts<Arc<Shared>> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let bearer = Bearer::from_request_parts(parts, shared).await.map_err(IntoResponse::into_response)?;
        let refused = || Unauthorized::bearer().error("invalid_token").into_response();
        let user = shared.tokens.read(bearer.token()).map_err(|_| refused())?;
        let accounts = AccountService::new(AccountRepository::new(shared.pool.clone()));
        match accounts.load_active(user).await {
            Ok(user) => Ok(Self(user)),
            Err(ServiceError::Credentials) => Err(refused()),
            Err(error) => Err(ApiError::from(error).into_response()),
        }
    }
}

async fn get_chapter(
    State(shared): State<Arc<Shared>>,
    Reader(reader): Reader,
    Path(id): Path<i64>,
) -> Result<Json<ChapterResponse>, ApiError> {
    let tx = Tx::new(shared.pool.clone());
    let chapters = ContentRepository::new(tx.clone());
    let mut content = ContentService::new(chapters, Inject(Arc::clone(&shared.queue)), tx.clone().into());
    let chapter = content.open(&reader, id).await;
    end(tx, chapter.is_ok()).await?;
    Ok(Json(chapter?.into()))
}

async fn put_progress(
    State(shared): State<Arc<Shared>>,
    Reader(reader): Reader,
    Path(id): Path<i64>,
    Json(reached): Json<ProgressRequest>,
) -> Result<Json<ProgressResponse>, ApiError> {
    let tx = Tx::new(shared.pool.clone());
    let mut progress = ProgressService::new(
        ActivityRepository::new(tx.clone()),
        ContentRepository::new(tx.clone()),
        ProgressRepository::new(tx.clone()),
    );
    let advanced = progress.advance(&reader, id, reached.percent).await;
    end(tx, advanced.is_ok()).await?;
    Ok(Json(advanced?.into()))
}

async fn end(tx: Tx, is_success: bool) -> Result<(), ServiceError> {
    if is_success {
        tx.commit().await.map_err(StorageError::from)?;
    } else {
        tx.rollback().await.map_err(StorageError::from)?;
    }
    Ok(())
}
