//! Rule: the container provides the pool of a transaction, also under a qualifier.

use inject_runtime::{
    Qualified, container, get, repository, routes, service,
    tx::{ReadTx, Tx},
};
use sqlx::{Sqlite, SqlitePool};

pub struct Replica;

#[repository(scope = request)]
pub struct Books {
    tx: Tx<Sqlite>,
}

#[repository(scope = request)]
pub struct Reports {
    tx: ReadTx<Sqlite, Qualified<SqlitePool, Replica>>,
}

#[service(scope = request)]
pub struct Library {
    books: Books,
}

#[service(scope = request)]
pub struct Statistics {
    reports: Reports,
}

#[get("/books", public)]
pub async fn books(_library: Library) {}

#[get("/statistics", public)]
pub async fn statistics(_statistics: Statistics) {}

#[container]
pub struct App {}

fn main() {
    let _: inject_runtime::Routes<App> = routes![books, statistics];
}
