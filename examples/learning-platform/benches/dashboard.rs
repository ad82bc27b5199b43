//! Benefit of running the three queries of the dashboard concurrently: `cargo bench -p learning-platform --bench
//! dashboard`.
//!
//! The bench runs the same queries on the same pool concurrently, as `DashboardService` does, and one after the
//! other. Both variants take turns, so that other load on the machine affects both. The output shows the median of
//! each, and then the ratio.
//!
//! If `DATABASE_URL` names a PostgreSQL server, the bench uses a separate database on it, and removes the database
//! afterwards. Otherwise it uses embedded SQLite: once without a delay, and once with an artificial delay of two
//! milliseconds before each query. The output states that the delay is artificial.

use std::{
    env,
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use learning_platform::{
    config::{Settings, Sources},
    core::security::{ActiveUser, UserRole},
    db,
    models::user::User,
    repositories::{StorageError, dashboard::DashboardRepository},
    services::{ServiceError, dashboard::DashboardService},
};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::{time::sleep, try_join};
use uuid::Uuid;

const ROUNDS: usize = 300;
const CHAPTERS: i64 = 2_000;
const READ: i64 = 200;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(server) = env::var("DATABASE_URL") {
        sqlx::any::install_default_drivers();
        let name = format!("dashboard_{}", Uuid::new_v4().simple());
        execute(&server, format!("CREATE DATABASE {name}")).await?;
        let (address, _) =
            server.rsplit_once('/').ok_or("`DATABASE_URL` must contain the name of a database")?;
        let result = on_postgres(&format!("{address}/{name}")).await;
        execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        result
    } else {
        let folder = TempDir::new()?;
        on_sqlite(&format!("sqlite://{}", folder.path().join("dashboard.db").display())).await
    }
}

async fn on_postgres(url: &str) -> Result<(), Box<dyn Error>> {
    let pool = open(url).await?;
    let (reader, dashboard) = (fill(&pool).await?, DashboardRepository::new(pool.clone()));
    let service = DashboardService::new(DashboardRepository::new(pool.clone()));
    compare(
        "PostgreSQL",
        async || {
            service.load(&reader).await?;
            Ok::<_, ServiceError>(())
        },
        async || Ok(in_turn(&dashboard, &reader, Duration::ZERO).await?),
    )
    .await?;
    pool.close().await;
    Ok(())
}

async fn on_sqlite(url: &str) -> Result<(), Box<dyn Error>> {
    let pool = open(url).await?;
    let (reader, dashboard) = (fill(&pool).await?, DashboardRepository::new(pool.clone()));
    for (name, delay) in [
        ("SQLite, embedded", Duration::ZERO),
        ("SQLite, with 2 ms before each query (artificial)", Duration::from_millis(2)),
    ] {
        compare(
            name,
            async || joined(&dashboard, &reader, delay).await,
            async || in_turn(&dashboard, &reader, delay).await,
        )
        .await?;
    }
    pool.close().await;
    Ok(())
}

/// Runs the queries concurrently, as `DashboardService` does, with a delay before each.
async fn joined(of: &DashboardRepository, reader: &ActiveUser, delay: Duration) -> Result<(), StorageError> {
    let (id, grade, limit) = (reader.0.id, reader.0.grade_level, DashboardService::CHAPTERS);
    try_join!(
        after(delay, of.summary(id, Timestamp::now())),
        after(delay, of.next(id, grade, limit)),
        after(delay, of.recent(id, limit)),
    )?;
    Ok(())
}

/// Runs the queries one after the other, with a delay before each.
async fn in_turn(of: &DashboardRepository, reader: &ActiveUser, delay: Duration) -> Result<(), StorageError> {
    let (id, grade, limit) = (reader.0.id, reader.0.grade_level, DashboardService::CHAPTERS);
    after(delay, of.summary(id, Timestamp::now())).await?;
    after(delay, of.next(id, grade, limit)).await?;
    after(delay, of.recent(id, limit)).await?;
    Ok(())
}

async fn after<T>(delay: Duration, query: impl Future<Output = T>) -> T {
    if !delay.is_zero() {
        sleep(delay).await;
    }
    query.await
}

/// Prints the medians and their ratio.
async fn compare<E: Error + 'static>(
    name: &str,
    joined: impl AsyncFn() -> Result<(), E>,
    in_turn: impl AsyncFn() -> Result<(), E>,
) -> Result<(), Box<dyn Error>> {
    let (mut fast, mut slow) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS + ROUNDS / 10 {
        let start = Instant::now();
        joined().await?;
        let between = Instant::now();
        in_turn().await?;
        // The first tenth fills the pool and the caches.
        if round >= ROUNDS / 10 {
            fast.push(between - start);
            slow.push(between.elapsed());
        }
    }
    let [fast, slow] = [fast, slow].map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    let ratio = slow.as_secs_f64() / fast.as_secs_f64();
    println!(
        "{name}\n  in turn  {slow:>10.1?}\n  joined   {fast:>10.1?}\n  joined is {ratio:.2} times as fast"
    );
    Ok(())
}

async fn open(url: &str) -> Result<AnyPool, Box<dyn Error>> {
    let mut sources = Sources::default();
    sources.set("PLATFORM_ENVIRONMENT", "test");
    sources.set("PLATFORM_DATABASE__URL", url);
    sources.set("PLATFORM_DATABASE__MAX_CONNECTIONS", "4");
    Ok(db::connect(Arc::new(Settings::load(&sources)?)).await?)
}

/// Inserts a book, and a student who has read a tenth of it.
async fn fill(pool: &AnyPool) -> Result<ActiveUser, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let now = Timestamp::now();
    let query = "INSERT INTO users (email, name, role, grade_level, password_hash, created_at) \
                 VALUES ('ada@example.org', 'Ada', 'student', 7, 'none', $1) RETURNING id";
    let id: i64 = sqlx::query_scalar(query).bind(now.as_second()).fetch_one(&mut *tx).await?;
    let body = "All of this has to be read before it is known how long it takes. ".repeat(60);
    for number in 0..CHAPTERS {
        let query = "INSERT INTO chapters (author_id, title, summary, body, grade_level, created_at, updated_at, published_at) \
                     VALUES ($1, 'A chapter', 'About something.', $2, $3, $4, $4, $4) RETURNING id";
        let query =
            sqlx::query_scalar(query).bind(id).bind(&*body).bind(number % 13 + 1).bind(now.as_second());
        let chapter: i64 = query.fetch_one(&mut *tx).await?;
        if number < READ {
            let query =
                "INSERT INTO progress (user_id, chapter_id, percent, updated_at) VALUES ($1, $2, 50, $3)";
            tx.execute(sqlx::query(query).bind(id).bind(chapter).bind(now.as_second())).await?;
        }
    }
    tx.commit().await?;
    Ok(ActiveUser(User {
        id,
        email: "ada@example.org".into(),
        name: "Ada".into(),
        role: UserRole::Student,
        grade_level: Some(7),
        password_hash: "none".into(),
        created_at: now,
        deactivated_at: None,
    }))
}

async fn execute(server: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}
