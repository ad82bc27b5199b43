//! sea-orm.

use axum::http::StatusCode;
use inject_runtime::{
    Handle, HandleEnded, Inject, Outcome, Problem, Teardown, in_layer, inject, layer::Infrastructure,
    repository, service,
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqlErr, Statement, TransactionTrait,
};

/// Connections of sea-orm, a field of the container.
#[in_layer(Infrastructure)]
#[derive(Clone, Debug)]
pub struct Orm(pub DatabaseConnection);

/// Error of a repository.
#[derive(Debug, thiserror::Error, Problem)]
pub enum OrmError {
    /// The title is taken.
    #[error("the title is taken")]
    #[problem(status = 409)]
    Taken,
    /// The database failed.
    #[error(transparent)]
    #[problem(status = 500)]
    Database(DbErr),
    /// A handle was used after the end of its request.
    #[error(transparent)]
    #[problem(status = 500)]
    Ended(#[from] HandleEnded),
}

impl From<DbErr> for OrmError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Taken,
            _ => Self::Database(error),
        }
    }
}

/// The transaction of the request.
#[derive(Clone)]
pub struct OrmTx(Handle<DatabaseTransaction>);

impl Teardown for OrmTx {
    type Error = DbErr;

    async fn teardown(self, outcome: Outcome) -> Result<(), DbErr> {
        let Some(transaction) = self.0.end().await else { return Ok(()) };
        if outcome.is_success() { transaction.commit().await } else { transaction.rollback().await }
    }

    fn problem(error: &DbErr) -> Option<Problem> {
        error.sql_err().map(|_| Problem::new(StatusCode::CONFLICT))
    }
}

/// Begins the transaction, once for each request that uses it.
///
/// # Errors
///
/// If the pool has no connection, or the database refuses to begin.
#[inject(teardown, layer = Infrastructure)]
pub async fn begin(Inject(orm): Inject<Orm>) -> Result<OrmTx, OrmError> {
    Ok(OrmTx(Handle::new(orm.0.begin().await?)))
}

/// A repository. A query of an entity takes `&*tx` as well.
#[repository(scope = request)]
pub struct Books {
    tx: OrmTx,
}

impl Books {
    async fn add(&self, title: &str) -> Result<(), OrmError> {
        let tx = self.tx.0.lock().await?;
        let sql = "INSERT INTO book VALUES (?)";
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [title.into()]))
            .await?;
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
    pub async fn add(&self, titles: &[&str]) -> Result<(), OrmError> {
        for title in titles {
            self.books.add(title).await?;
        }
        Ok(())
    }
}
