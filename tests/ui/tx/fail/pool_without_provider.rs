//! Rule: a pool of the application's own is the output of a provider.

use inject_runtime::{
    container, get, repository, routes, service,
    tx::{HasPool, Tx},
};
use sqlx::{Sqlite, SqlitePool};

pub struct TenantPool(SqlitePool);

impl HasPool for TenantPool {
    type Database = Sqlite;

    fn pool(&self) -> &SqlitePool {
        &self.0
    }
}

#[repository(scope = request)]
pub struct Books {
    tx: Tx<Sqlite, TenantPool>,
}

#[service(scope = request)]
pub struct Library {
    repository: Books,
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
