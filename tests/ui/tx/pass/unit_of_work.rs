//! A service has the end of the transaction, a repository its statements; an exception has a reason.

use inject_runtime::{
    get, inject, layer, repository, service,
    tx::{Immediate, IsolatedTx, ReadTx, Tx, UnitOfWork},
};
use sqlx::Sqlite;

#[repository(scope = request)]
pub struct Books {
    tx: Tx<Sqlite>,
    reading: ReadTx<Sqlite>,
    at_once: IsolatedTx<Sqlite, Immediate>,
}

#[service(scope = request)]
pub struct Library {
    books: Books,
    unit: UnitOfWork<Sqlite>,
}

#[derive(Clone)]
pub struct Snapshot;

#[inject(layer = layer::Repository)]
pub fn snapshot(_tx: ReadTx<Sqlite>) -> Snapshot {
    Snapshot
}

#[service(scope = request)]
pub struct Reports {
    snapshot: Snapshot,
}

#[derive(Clone)]
pub struct Session;

#[inject(layer = layer::Service)]
pub fn session(#[layering(allow, reason = "one statement")] _tx: Tx<Sqlite>) -> Session {
    Session
}

#[get("/report", public)]
pub async fn report(
    _library: Library,
    _reports: Reports,
    _session: Session,
    #[layering(allow, reason = "a report without a service")] _tx: ReadTx<Sqlite>,
) {
}

fn main() {}
