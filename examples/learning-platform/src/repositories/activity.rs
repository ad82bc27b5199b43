//! Reading days.

use inject_runtime::repository;
use jiff::Timestamp;

use super::StorageError;
use crate::db::Tx;

/// Repository of reading days, in the transaction of the request.
#[repository(scope = request)]
pub struct ActivityRepository {
    tx: Tx,
}

impl ActivityRepository {
    /// Records the day of `now` as a reading day.
    pub async fn record(&mut self, user_id: i64, now: Timestamp) -> Result<(), StorageError> {
        let query = "INSERT INTO reading_days (user_id, day) VALUES ($1, $2) \
                     ON CONFLICT (user_id, day) DO UPDATE SET steps = reading_days.steps + 1";
        let query = sqlx::query(query).bind(user_id).bind(day_number(now));
        query.execute(&mut self.tx).await?;
        Ok(())
    }
}

/// Returns the number of days since 1970, in UTC.
pub(super) fn day_number(time: Timestamp) -> i64 {
    time.as_second().div_euclid(24 * 60 * 60)
}
