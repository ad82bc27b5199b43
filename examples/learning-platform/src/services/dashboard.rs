//! Dashboard of a reader.

use inject_runtime::service;
use jiff::Timestamp;
use tokio::try_join;

use super::ServiceError;
use crate::{
    core::security::ActiveUser, models::progress::Dashboard, repositories::dashboard::DashboardRepository,
};

/// Service that loads the dashboard. It is not request-scoped, because it only reads and shares no transaction.
#[service]
pub struct DashboardService {
    dashboard: DashboardRepository,
}

impl DashboardService {
    /// Maximum number of chapters in a list of the dashboard.
    pub const CHAPTERS: i64 = 5;

    /// Loads the dashboard of `reader`. Three queries run concurrently, so the call takes as long as the slowest one.
    /// The first error cancels the others.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Storage`] if the database fails.
    pub async fn load(&self, reader: &ActiveUser) -> Result<Dashboard, ServiceError> {
        let (id, grade_level) = (reader.0.id, reader.0.grade_level);
        let (summary, next, recent) = try_join!(
            self.dashboard.summary(id, Timestamp::now()),
            self.dashboard.next(id, grade_level, Self::CHAPTERS),
            self.dashboard.recent(id, Self::CHAPTERS),
        )?;
        Ok(Dashboard { summary, next, recent })
    }
}
