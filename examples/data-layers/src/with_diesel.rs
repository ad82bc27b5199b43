//! diesel-async, on `PostgreSQL`.

use axum::http::StatusCode;
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl as _, TransactionManager as _,
    pooled_connection::deadpool::{Object, Pool, PoolError},
};
use inject_runtime::{
    Handle, HandleEnded, Inject, Outcome, Problem, Teardown, in_layer, inject, layer::Infrastructure,
    repository, service,
};

/// Pool of diesel-async, a field of the container.
#[in_layer(Infrastructure)]
#[derive(Clone)]
pub struct Diesel(pub Pool<AsyncPgConnection>);

/// Error of a repository.
#[derive(Debug, thiserror::Error, Problem)]
pub enum DieselError {
    /// The title is taken.
    #[error("the title is taken")]
    #[problem(status = 409)]
    Taken,
    /// The database failed.
    #[error(transparent)]
    #[problem(status = 500)]
    Database(Error),
    /// The pool has no connection.
    #[error(transparent)]
    #[problem(status = 503)]
    Pool(#[from] PoolError),
    /// A handle was used after the end of its request.
    #[error(transparent)]
    #[problem(status = 500)]
    Ended(#[from] HandleEnded),
}

impl From<Error> for DieselError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Taken,
            error => Self::Database(error),
        }
    }
}

/// The transaction of the request. The pool closes a connection that comes back with an open one.
#[derive(Clone)]
pub struct DieselTx(Handle<Object<AsyncPgConnection>>);

impl Teardown for DieselTx {
    type Error = Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), Error> {
        let Some(mut connection) = self.0.end().await else { return Ok(()) };
        if outcome.is_success() {
            AnsiTransactionManager::commit_transaction(&mut *connection).await
        } else {
            AnsiTransactionManager::rollback_transaction(&mut *connection).await
        }
    }

    fn problem(error: &Error) -> Option<Problem> {
        let is_constraint = matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _));
        is_constraint.then(|| Problem::new(StatusCode::CONFLICT))
    }
}

/// Begins the transaction, once for each request that uses it.
///
/// # Errors
///
/// If the pool has no connection, or the database refuses to begin.
#[inject(teardown, layer = Infrastructure)]
pub async fn begin(Inject(pool): Inject<Diesel>) -> Result<DieselTx, DieselError> {
    let mut connection = pool.0.get().await?;
    AnsiTransactionManager::begin_transaction(&mut *connection).await?;
    Ok(DieselTx(Handle::new(connection)))
}

/// A repository. A query of the DSL takes `&mut **connection` as well.
#[repository(scope = request)]
pub struct Books {
    tx: DieselTx,
}

impl Books {
    async fn add(&self, title: &str) -> Result<(), DieselError> {
        let mut connection = self.tx.0.lock().await?;
        let query =
            diesel::sql_query("INSERT INTO book VALUES ($1)").bind::<diesel::sql_types::Text, _>(title);
        query.execute(&mut **connection).await?;
        Ok(())
    }
}

/// A service.
#[service(scope = request)]
pub struct Library {
    books: Books,
}

impl Library {
    /// Adds all books, or none.
    ///
    /// # Errors
    ///
    /// If a title is taken, or the database fails.
    pub async fn add(&self, titles: &[&str]) -> Result<(), DieselError> {
        for title in titles {
            self.books.add(title).await?;
        }
        Ok(())
    }
}
