//! Settings of endpoints and containers, above and below the other attribute, with paths, aliases and in `macro_rules!`.

use axum::{Json, body::Bytes, extract::{Form, Path, RawForm}, http::StatusCode};
use inject_runtime::{
    Routes, container, get, post, put, routes, transaction,
    tx::{Immediate, IsolatedTx, ReadTx, Serializable, Tx, UnitOfWork},
};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};

type Main = Tx<Postgres>;

#[transaction(Main, isolation = Serializable)]
#[container]
#[inject_runtime::transaction(UnitOfWork<Sqlite>, isolation = Immediate)]
pub struct App {
    #[input]
    pool: PgPool,
    #[input]
    file: SqlitePool,
}

mod rules {
    use axum::http::StatusCode;

    pub fn is_undone(status: StatusCode) -> bool {
        status.is_server_error()
    }
}

#[get("/a", public)]
#[transaction(writes, rollback_if = rules::is_undone, retry = 3,)]
pub async fn a(#[layering(allow, reason = "a test")] _: ReadTx<Sqlite>) {}

#[inject_runtime::transaction(reads)]
#[transaction(IsolatedTx<Postgres, Serializable>, isolation = Serializable)]
#[transaction(ReadTx<Sqlite>, isolation = Immediate)]
#[post("/b", public)]
#[transaction(rollback_if = |status| status < StatusCode::OK, retry = 1)]
pub async fn b(#[layering(allow, reason = "a test")] _: Main, _: Path<i64>, _: Option<Json<i64>>) {}

macro_rules! endpoint {
    ($name:ident, $path:literal, $body:ty, $handle:ty, $level:ty, $retry:literal) => {
        #[put($path, public)]
        #[transaction($handle, isolation = $level, retry = $retry)]
        pub async fn $name(#[layering(allow, reason = "a test")] _: $handle, _: $body) {}
    };
}

endpoint!(c, "/c", Bytes, Tx<Postgres>, Serializable, 3);
endpoint!(d, "/d", Form<Vec<(String, String)>>, Main, Serializable, 3);
endpoint!(e, "/e", RawForm, Main, inject_runtime::tx::RepeatableRead, 3);
endpoint!(f, "/f", Result<String, axum::extract::rejection::StringRejection>, Main, Serializable, 3);

pub fn all() -> Routes<App> {
    routes![a, b, c, d, e, f]
}

fn main() {}
