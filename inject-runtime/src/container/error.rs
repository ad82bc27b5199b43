//! Errors of starting and stopping a container.

use std::{fmt, time::Duration};

use crate::{boxed::BoxError, graph::FieldNode, location::Location};

/// Error returned when a container cannot be built.
///
/// It names the field, its type, the place of its declaration and the fields that depend on it; the error
/// of the constructor is its [`source`](std::error::Error::source). `Debug`, which a `main` that returns
/// the error prints, includes the sources. When the error is returned, the shutdown hooks of all fields
/// that had been built have run.
///
/// ```
/// # use std::{io, sync::Arc};
/// use inject_runtime::{container, service};
///
/// fn connect() -> Result<u16, io::Error> {
///     Err(io::Error::other("connection refused"))
/// }
///
/// #[service]
/// pub struct Search {
///     #[external]
///     port: u16,
/// }
///
/// #[container]
/// pub struct App {
///     #[factory(connect)]
///     port: u16,
///     search: Arc<Search>,
/// }
///
/// # #[tokio::main]
/// # async fn main() {
/// let error = App::builder().build().await.err().expect("the connection is refused");
/// assert_eq!(error.field(), "port");
/// assert_eq!(error.dependents(), ["search"]);
/// assert!(error.to_string().ends_with("needed by `search: Arc<Search>`"));
/// assert!(format!("{error:?}").ends_with("caused by: connection refused"));
/// # }
/// ```
pub struct BuildError {
    pub(crate) container: &'static str,
    pub(crate) field: &'static FieldNode,
    pub(crate) dependents: Vec<&'static FieldNode>,
    pub(crate) cause: BoxError,
    pub(crate) rollback: Option<ShutdownError>,
}

impl BuildError {
    /// Returns the name of the field that could not be built.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field.name
    }

    /// Returns the type of the field, as written in the container.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.field.ty
    }

    /// Returns the place where the field is declared.
    #[must_use]
    pub fn location(&self) -> Location {
        self.field.location
    }

    /// Returns the fields that depend on the failed field: a field that needs it, a field that needs that
    /// one, and so on outward.
    #[must_use]
    pub fn dependents(&self) -> Vec<&'static str> {
        self.dependents.iter().map(|field| field.name).collect()
    }

    /// Returns the errors of shutdown hooks that ran for the fields already built, if any failed.
    #[must_use]
    pub fn rollback_error(&self) -> Option<&ShutdownError> {
        self.rollback.as_ref()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot build `{}` of `{}`, declared at {}",
            self.field, self.container, self.field.location
        )?;
        for dependent in &self.dependents {
            write!(f, ", needed by `{dependent}`")?;
        }
        if let Some(rollback) = &self.rollback {
            write!(f, "; then, {rollback}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&*self.cause);
        while let Some(error) = cause {
            write!(f, "\n  caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}

/// Error returned when one or more shutdown hooks of a container fail. The other hooks have run
/// nevertheless.
///
/// Its [`source`](std::error::Error::source) is the first failure.
///
/// ```
/// use std::sync::Arc;
/// use inject_runtime::{ShutdownFailureReason, container};
///
/// #[derive(Clone)]
/// pub struct Queue;
///
/// async fn connect() -> Queue {
///     Queue
/// }
///
/// async fn close(_: &Queue) -> Result<(), std::io::Error> {
///     Err(std::io::Error::other("already closed"))
/// }
///
/// #[container]
/// pub struct App {
///     #[factory(connect)]
///     #[on_shutdown(close)]
///     queue: Queue,
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), inject_runtime::BuildError> {
/// let app = App::builder().build().await?;
/// let error = app.shutdown().await.expect_err("the hook fails");
/// let [failure] = error.failures() else { panic!("one failure") };
/// assert_eq!(failure.field(), "queue");
/// assert!(matches!(failure.reason(), ShutdownFailureReason::Error(_)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ShutdownError {
    pub(crate) container: &'static str,
    pub(crate) failures: Vec<ShutdownFailure>,
}

impl ShutdownError {
    /// Returns the failures, in the order in which the hooks ran.
    #[must_use]
    pub fn failures(&self) -> &[ShutdownFailure] {
        &self.failures
    }
}

impl fmt::Display for ShutdownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` did not shut down cleanly", self.container)?;
        for (n, failure) in self.failures.iter().enumerate() {
            write!(f, "{} {failure}", if n == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ShutdownError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failures.first().map(|failure| failure as _)
    }
}

/// Failure of one shutdown hook. [`ShutdownError`] has an example.
#[derive(Debug)]
pub struct ShutdownFailure {
    pub(crate) field: &'static FieldNode,
    pub(crate) reason: ShutdownFailureReason,
}

/// Reason for the failure of a shutdown hook. [`ShutdownError`] has an example.
#[derive(Debug)]
#[non_exhaustive]
pub enum ShutdownFailureReason {
    /// The hook returned an error.
    Error(BoxError),
    /// The hook was still running at its deadline.
    DeadlineExceeded(Duration),
    /// The hook panicked, with this message.
    Panic(String),
}

impl ShutdownFailure {
    /// Returns the name of the field whose hook failed.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field.name
    }

    /// Returns the reason of the failure.
    #[must_use]
    pub fn reason(&self) -> &ShutdownFailureReason {
        &self.reason
    }
}

impl fmt::Display for ShutdownFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the hook of `{}` ", self.field)?;
        match &self.reason {
            ShutdownFailureReason::Error(error) => write!(f, "failed: {error}"),
            ShutdownFailureReason::DeadlineExceeded(deadline) => {
                write!(f, "was not done after {deadline:?}")
            }
            ShutdownFailureReason::Panic(message) => write!(f, "panicked: {message}"),
        }
    }
}

impl std::error::Error for ShutdownFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            ShutdownFailureReason::Error(error) => Some(&**error),
            ShutdownFailureReason::DeadlineExceeded(_) | ShutdownFailureReason::Panic(_) => None,
        }
    }
}
