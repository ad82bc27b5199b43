//! Rule: the parameter of a handle is the pool, `Qualified<Pool<DB>, Q>`, and not its qualifier.

use inject_runtime::{container, get, repository, routes, service, tx::ReadTx};
use sqlx::{Sqlite, SqlitePool};

pub struct Replica;

#[repository(scope = request)]
pub struct Reports {
    tx: ReadTx<Sqlite, Replica>,
}

#[service(scope = request)]
pub struct Library {
    repository: Reports,
}

#[get("/library", public)]
pub async fn library(_library: Library) {}

#[container]
pub struct App {
    #[input]
    pool: SqlitePool,
}

fn main() {
    let _: inject_runtime::Routes<App> = routes![library];
}
