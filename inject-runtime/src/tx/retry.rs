//! Retries of transactions outside of requests.

use std::error::Error;

use crate::{
    attempt::back_off,
    problem::{ErrorChain, is_conflict},
    scope::ScopeError,
};

/// Runs `body` again, up to `times` times, while it fails by a conflict between transactions: a serialization failure or a
/// deadlock.
///
/// An error is a conflict if it, or one of its [sources](Error::source), is an [`sqlx::Error`] of the kind
/// [`Conflict`](super::ErrorKind::Conflict), or a [`ScopeError`] that was caused by one. Before each further attempt there is a
/// short delay of random length. `body` is all of the transaction: it begins another one each time.
///
/// In a request, [`#[transaction(retry = 3)]`](macro@crate::transaction) does the same.
///
/// ```
/// use inject_runtime::tx::{self, IsolatedTx, Serializable};
/// use sqlx::{PgPool, Postgres};
///
/// async fn reserve(pool: &PgPool, seat: i64) -> sqlx::Result<bool> {
///     tx::retry(3, async || {
///         IsolatedTx::<Postgres, Serializable>::run(pool, async |tx| {
///             let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM reservation WHERE seat = $1")
///                 .bind(seat)
///                 .fetch_one(&mut *tx.acquire().await?)
///                 .await?;
///             if taken == 0 {
///                 let insert = sqlx::query("INSERT INTO reservation (seat) VALUES ($1)").bind(seat);
///                 insert.execute(&mut *tx.acquire().await?).await?;
///             }
///             Ok(taken == 0)
///         })
///         .await
///     })
///     .await
/// }
/// # let _ = reserve;
/// ```
///
/// # Errors
///
/// Returns the error of the last attempt.
pub async fn retry<T, E: Error + 'static>(
    times: u32,
    mut body: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, E> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match body().await {
            Err(error) if is_conflict(&error) || is_conflict_of_scope(&error) => error,
            result => return result,
        };
        if attempts > times {
            tracing::warn!(
                attempts,
                error = %ErrorChain(&error),
                "a transaction is given up: all of its attempts failed by a conflict"
            );
            return Err(error);
        }
        tracing::debug!(attempts, error = %ErrorChain(&error), "a transaction failed by a conflict, and runs again");
        back_off(attempts).await;
    }
}

/// Returns whether the error, or one of its sources, is that of a scope which failed by a conflict.
fn is_conflict_of_scope(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    // The limit ends a chain that forms a cycle.
    for _ in 0..32 {
        let Some(error) = next else { return false };
        if error.downcast_ref().is_some_and(ScopeError::is_conflict) {
            return true;
        }
        next = error.source();
    }
    false
}
