//! What a reader sees first.

use inject_runtime::service;
use jiff::Timestamp;
use tokio::try_join;

use super::ServiceError;
use crate::{
    core::security::ActiveUser, models::progress::Dashboard, repositories::dashboard::DashboardRepository,
};

/// Puts together what a reader sees first. It is of the container: it changes nothing, and has no transaction to share.
#[service]
pub struct DashboardService {
    dashboard: DashboardRepository,
}

impl DashboardService {
    /// How many chapters are in a list of the dashboard.
    pub const CHAPTERS: i64 = 5;

    /// The dashboard of `reader`. Three queries at the same time: it takes as long as the slowest one, and the first error ends all.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
    pub async fn of(&self, reader: &ActiveUser) -> Result<Dashboard, ServiceError> {
        let (id, grade_level) = (reader.0.id, reader.0.grade_level);
        let (summary, next, recent) = try_join!(
            self.dashboard.summary(id, Timestamp::now()),
            self.dashboard.next(id, grade_level, Self::CHAPTERS),
            self.dashboard.recent(id, Self::CHAPTERS),
        )?;
        Ok(Dashboard { summary, next, recent })
    }
}
