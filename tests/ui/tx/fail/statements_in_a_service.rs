//! Statements are for repositories: services take a `UnitOfWork`, and routes take services.

use inject_runtime::{
    get, service,
    tx::{ReadTx, Tx, UnitOfWork},
};
use sqlx::Sqlite;

#[service(scope = request)]
pub struct Library {
    tx: Tx<Sqlite>,
}

#[get("/books", public)]
pub async fn books(_tx: ReadTx<Sqlite>) {}

#[get("/unit", public)]
pub async fn unit(_unit: UnitOfWork<Sqlite>) {}

fn main() {}
