//! The days on which readers read.

use inject_runtime::repository;
use jiff::Timestamp;

use super::StorageError;
use crate::db::Tx;

/// Keeps the days on which readers read, in the transaction of the request.
#[repository(scope = request)]
pub struct ActivityRepository {
    tx: Tx,
}

impl ActivityRepository {
    /// Notes that somebody reads, at that time.
    pub async fn record(&mut self, user_id: i64, now: Timestamp) -> Result<(), StorageError> {
        let query = "INSERT INTO reading_days (user_id, day) VALUES ($1, $2) \
                     ON CONFLICT (user_id, day) DO UPDATE SET steps = reading_days.steps + 1";
        let query = sqlx::query(query).bind(user_id).bind(day(now));
        query.execute(&mut *self.tx.acquire().await?).await?;
        Ok(())
    }
}

/// The day of that time, counted from 1970, in UTC.
pub(super) fn day(time: Timestamp) -> i64 {
    time.as_second().div_euclid(24 * 60 * 60)
}
