//! Two endpoints of the learning platform without the library: `State`, an extractor that reads the header itself, and
//! a transaction of sqlx that the handler ends. The bodies, the rows and the statements are those of the platform, and
//! so is the number of routes.

use std::{error::Error, sync::Arc};

use axum::{
    Router,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{MethodFilter, get, on, put},
};
use jiff::Timestamp;
use learning_platform::{
    api::{
        errors::ApiError,
        extract::{Json, Path},
    },
    core::security::{Tokens, UserRole},
    models::{
        content::{Chapter, OpenChapter},
        progress::Progress,
        user::User,
    },
    repositories::{StorageError, content::Drafts},
    schemas::{
        content::ChapterResponse,
        progress::{ProgressRequest, ProgressResponse},
    },
    services::ServiceError,
};
use sqlx::{Any, AnyConnection, AnyPool, FromRow as _, Row as _, Transaction, any::AnyRow};
use tracing::Span;

const CHAPTER: &str = "/api/v1/chapters/{id}";
const PROGRESS: &str = "/api/v1/chapters/{id}/progress";

/// State that all requests share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) pool: AnyPool,
    pub(crate) tokens: Arc<Tokens>,
}

/// Returns a router with the two endpoints, and with those of `rows`, the others of which have no function.
pub(crate) fn router<'a>(
    shared: Shared,
    rows: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Router, Box<dyn Error>> {
    let mut router = Router::new().route(CHAPTER, get(get_chapter)).route(PROGRESS, put(put_progress));
    for (method, path) in rows {
        if !matches!((method, path), ("GET", CHAPTER) | ("PUT", PROGRESS)) {
            let filter = MethodFilter::try_from(method.parse::<Method>()?)?;
            router = router.route(path, on(filter, async || StatusCode::NOT_IMPLEMENTED));
        }
    }
    Ok(router.with_state(Arc::new(shared)))
}

/// User who sends the request.
struct Reader(User);

impl FromRequestParts<Arc<Shared>> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let token = read_token(&parts.headers)?;
        let id = match shared.tokens.read(token) {
            Ok(user) => user.id,
            Err(reason) => {
                tracing::debug!(%reason, "access token rejected");
                return Err(unauthorized(true));
            }
        };
        // The span of the request has this field, for the log lines that follow.
        Span::current().record("user", id);
        let query = sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id);
        let user: Option<User> =
            query.fetch_optional(&shared.pool).await.map_err(|error| failed(error).into_response())?;
        match user.filter(User::is_active) {
            Some(user) => Ok(Self(user)),
            None => {
                tracing::debug!(user_id = id, "the account of the access token is missing or deactivated");
                Err(unauthorized(true))
            }
        }
    }
}

/// Reads the token from the header: one header, the scheme, the characters of the token.
#[expect(clippy::result_large_err, reason = "the rejection of an extractor is a response")]
fn read_token(headers: &HeaderMap) -> Result<&str, Response> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| unauthorized(true))?,
        (None, _) => return Err(unauthorized(false)),
        (Some(_), Some(_)) => return Err(unauthorized(true)),
    };
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => {
            let token = token.trim_start();
            let body = token.trim_end_matches('=');
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            if !body.is_empty() && body.bytes().all(is_allowed) { Ok(token) } else { Err(unauthorized(true)) }
        }
        _ => Err(unauthorized(false)),
    }
}

fn unauthorized(is_invalid: bool) -> Response {
    let challenge = if is_invalid { "Bearer error=\"invalid_token\"" } else { "Bearer" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
        (header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)),
    ];
    (StatusCode::UNAUTHORIZED, headers, r#"{"title":"Unauthorized","status":401}"#).into_response()
}

async fn get_chapter(
    State(shared): State<Arc<Shared>>,
    Reader(reader): Reader,
    Path(id): Path<i64>,
) -> Result<Json<ChapterResponse>, ApiError> {
    let mut tx = shared.pool.begin().await.map_err(failed)?;
    let chapter = open(&mut tx, &reader, id).await;
    end(tx, chapter.is_ok()).await?;
    Ok(Json(chapter?.into()))
}

async fn put_progress(
    State(shared): State<Arc<Shared>>,
    Reader(reader): Reader,
    Path(id): Path<i64>,
    Json(reached): Json<ProgressRequest>,
) -> Result<Json<ProgressResponse>, ApiError> {
    let mut tx = shared.pool.begin().await.map_err(failed)?;
    let progress = advance(&mut tx, &reader, id, reached.percent).await;
    end(tx, progress.is_ok()).await?;
    Ok(Json(progress?.into()))
}

/// Ends the transaction. If the client disconnects before, sqlx rolls it back.
async fn end(tx: Transaction<'static, Any>, is_success: bool) -> Result<(), ApiError> {
    let ended = if is_success { tx.commit().await } else { tx.rollback().await };
    ended.map_err(|error| {
        tracing::error!(%error, is_success, "the transaction did not end");
        failed(error)
    })
}

/// Returns the chapter with the progress of the reader.
async fn open(connection: &mut AnyConnection, reader: &User, id: i64) -> Result<OpenChapter, ApiError> {
    let query = "SELECT c.*, u.name AS author_name, p.percent, p.updated_at AS read_at, p.completed_at \
                 FROM chapters c JOIN users u ON u.id = c.author_id \
                 LEFT JOIN progress p ON p.chapter_id = c.id AND p.user_id = $2 WHERE c.id = $1";
    let query = sqlx::query(query).bind(id).bind(reader.id);
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    let chapter = row.map(|row| read_open_chapter(&row, reader.id)).transpose().map_err(failed)?;
    chapter.filter(|open| visible_drafts(reader).includes(&open.chapter)).ok_or_else(|| not_found(id))
}

fn read_open_chapter(row: &AnyRow, reader_id: i64) -> sqlx::Result<OpenChapter> {
    let chapter = Chapter::from_row(row)?;
    let percent: Option<i64> = row.try_get("percent")?;
    let progress = match percent {
        Some(percent) => Some(Progress {
            user_id: reader_id,
            chapter_id: chapter.id,
            percent,
            updated_at: time(row.try_get("read_at")?)?,
            completed_at: row.try_get::<Option<i64>, _>("completed_at")?.map(time).transpose()?,
        }),
        None => None,
    };
    Ok(OpenChapter { author_name: row.try_get("author_name")?, progress, chapter })
}

fn time(seconds: i64) -> sqlx::Result<Timestamp> {
    Timestamp::from_second(seconds).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Records the day and the progress of the reader.
async fn advance(
    connection: &mut AnyConnection,
    reader: &User,
    chapter_id: i64,
    percent: i64,
) -> Result<Progress, ApiError> {
    let now = Timestamp::now();
    let query = "INSERT INTO reading_days (user_id, day) VALUES ($1, $2) \
                 ON CONFLICT (user_id, day) DO UPDATE SET steps = reading_days.steps + 1";
    let day = now.as_second().div_euclid(24 * 60 * 60);
    sqlx::query(query).bind(reader.id).bind(day).execute(&mut *connection).await.map_err(failed)?;

    let query = sqlx::query_as("SELECT * FROM chapters WHERE id = $1").bind(chapter_id);
    let chapter: Option<Chapter> = query.fetch_optional(&mut *connection).await.map_err(failed)?;
    if !chapter.is_some_and(|chapter| visible_drafts(reader).includes(&chapter)) {
        return Err(not_found(chapter_id));
    }

    let query = "INSERT INTO progress (user_id, chapter_id, percent, updated_at, completed_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, chapter_id) DO UPDATE SET \
                 percent = CASE WHEN excluded.percent > progress.percent THEN excluded.percent ELSE progress.percent END, \
                 updated_at = excluded.updated_at, \
                 completed_at = COALESCE(progress.completed_at, excluded.completed_at) RETURNING *";
    let query = sqlx::query_as(query)
        .bind(reader.id)
        .bind(chapter_id)
        .bind(percent)
        .bind(now.as_second())
        .bind((percent >= 100).then_some(now.as_second()));
    query.fetch_one(connection).await.map_err(failed)
}

fn visible_drafts(reader: &User) -> Drafts {
    match reader.role {
        UserRole::Admin => Drafts::All,
        UserRole::Teacher => Drafts::ByAuthor(reader.id),
        UserRole::Student => Drafts::Hidden,
    }
}

fn not_found(id: i64) -> ApiError {
    ApiError::NotFound { kind: "chapter", id }
}

fn failed(error: sqlx::Error) -> ApiError {
    ServiceError::from(StorageError::from(error)).into()
}
