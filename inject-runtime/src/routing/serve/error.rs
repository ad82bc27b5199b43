//! Error of the server.

use std::fmt;

use crate::{container::ShutdownError, frame::DrainError};

/// Error of [`serve`](crate::serve), with the failures of each shutdown step. After a failure, the later steps
/// still run.
#[derive(Debug)]
pub struct ServeError {
    tasks: Option<DrainError>,
    shutdown: Option<ShutdownError>,
}

impl ServeError {
    pub(super) fn check(
        tasks: Result<(), DrainError>,
        shutdown: Result<(), ShutdownError>,
    ) -> Result<(), Self> {
        let error = Self { tasks: tasks.err(), shutdown: shutdown.err() };
        if error.tasks.is_none() && error.shutdown.is_none() { Ok(()) } else { Err(error) }
    }

    /// Returns the error that names the aborted background tasks.
    #[must_use]
    pub fn tasks(&self) -> Option<&DrainError> {
        self.tasks.as_ref()
    }

    /// Returns the error of the shutdown hooks that failed.
    #[must_use]
    pub fn shutdown(&self) -> Option<&ShutdownError> {
        self.shutdown.as_ref()
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(error) = &self.tasks {
            write!(f, "background tasks {error}")?;
            separator = "; ";
        }
        if let Some(error) = &self.shutdown {
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let Self { tasks, shutdown } = self;
        tasks.as_ref().map(|error| error as _).or_else(|| shutdown.as_ref().map(|error| error as _))
    }
}
