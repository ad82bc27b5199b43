//! Error of the server.

use std::{error::Error, fmt, time::Duration};

use crate::{container::ShutdownError, frame::DrainError};

/// Error of [`serve`](crate::serve), with the failures of each shutdown step. After a failure, the later steps
/// still run.
///
/// ```
/// use inject_runtime::ServeError;
///
/// fn report(error: &ServeError) {
///     for request in error.requests().map(|requests| requests.names()).unwrap_or_default() {
///         println!("dropped: {request}"); // GET /events
///     }
///     for task in error.tasks().map(|tasks| tasks.names()).unwrap_or_default() {
///         println!("aborted: {task}"); // welcome mail
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ServeError {
    requests: Option<UnfinishedRequests>,
    tasks: Option<DrainError>,
    shutdown: Option<ShutdownError>,
}

impl ServeError {
    pub(super) fn check(
        requests: Result<(), UnfinishedRequests>,
        tasks: Result<(), DrainError>,
        shutdown: Result<(), ShutdownError>,
    ) -> Result<(), Self> {
        let error = Self { requests: requests.err(), tasks: tasks.err(), shutdown: shutdown.err() };
        if error.source().is_none() { Ok(()) } else { Err(error) }
    }

    /// Returns the error that names the requests that were dropped.
    #[must_use]
    pub fn requests(&self) -> Option<&UnfinishedRequests> {
        self.requests.as_ref()
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
        if let Some(error) = &self.requests {
            write!(f, "{error}")?;
            separator = "; ";
        }
        if let Some(error) = &self.tasks {
            write!(f, "{separator}background tasks {error}")?;
            separator = "; ";
        }
        if let Some(error) = &self.shutdown {
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let Self { requests, tasks, shutdown } = self;
        let requests = requests.as_ref().map(|error| error as _);
        let tasks = || tasks.as_ref().map(|error| error as _);
        requests.or_else(tasks).or_else(|| shutdown.as_ref().map(|error| error as _))
    }
}

/// Number of requests that the text of [`UnfinishedRequests`] names.
const SHOWN: usize = 10;

/// Error that names the requests that were not finished when a server stopped, and were dropped. [`ServeError`] has an
/// example.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnfinishedRequests {
    names: Vec<String>,
    waited: Duration,
}

impl UnfinishedRequests {
    /// Returns an error if there are requests to name.
    pub(super) fn check(names: Vec<String>, waited: Duration) -> Result<(), Self> {
        if names.is_empty() { Ok(()) } else { Err(Self { names, waited }) }
    }

    /// Returns a name for each request: its method and its path without the query, as in `GET /events`. A long path is cut.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// Names each request once, with the number of such requests.
impl fmt::Display for UnfinishedRequests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "requests not finished after {:?}, and dropped: ", self.waited)?;
        let mut distinct: Vec<(&str, usize)> = Vec::new();
        let mut others = 0;
        for name in &self.names {
            if let Some((_, count)) = distinct.iter_mut().find(|(shown, _)| shown == name) {
                *count += 1;
            } else if distinct.len() < SHOWN {
                distinct.push((name, 1));
            } else {
                others += 1;
            }
        }
        for (index, (name, count)) in distinct.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{name}")?;
            if *count > 1 {
                write!(f, " ({count} times)")?;
            }
        }
        if others > 0 {
            write!(f, ", and {others} others")?;
        }
        Ok(())
    }
}

impl Error for UnfinishedRequests {}
