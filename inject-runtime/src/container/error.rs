//! What can go wrong when a container starts and stops.

use std::{fmt, time::Duration};

use crate::{boxed::BoxError, graph::FieldNode, location::Location};

/// A container could not be built.
///
/// It names the field, its type, where the field is declared and who asked for it; the error of the
/// constructor is its [`source`](std::error::Error::source). `Debug`, which is what a `main` that returns the error
/// prints, shows the sources too. By the time it is returned, the shutdown hooks of everything that had been built have run.
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
/// let error = App::builder().build().await.err().expect("nothing listens");
/// assert_eq!(error.field(), "port");
/// assert_eq!(error.dependents(), ["search"]);
/// assert!(error.to_string().ends_with("needed by `search: Arc<Search>`"));
/// assert!(format!("{error:?}").ends_with("caused by: connection refused"));
/// # }
/// ```
pub struct BuildError {
    pub(crate) container: &'static str,
    pub(crate) field: FieldNode,
    pub(crate) dependents: Vec<FieldNode>,
    pub(crate) cause: BoxError,
    pub(crate) rollback: Option<ShutdownError>,
}

impl BuildError {
    /// The name of the field that could not be built.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field.name
    }

    /// The type of that field, as it is written in the container.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.field.ty
    }

    /// Where that field is declared.
    #[must_use]
    pub fn location(&self) -> Location {
        self.field.location
    }

    /// The fields that asked for it: one that needs the failed field, one that needs that one, and so on outward.
    #[must_use]
    pub fn dependents(&self) -> Vec<&'static str> {
        self.dependents.iter().map(|field| field.name).collect()
    }

    /// The shutdown hooks that failed while what had been built was taken down again.
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

/// Some shutdown hooks of a container failed. The others have run all the same.
#[derive(Debug)]
pub struct ShutdownError {
    pub(crate) container: &'static str,
    pub(crate) failures: Vec<ShutdownFailure>,
}

impl ShutdownError {
    /// What failed, in the order in which the hooks ran.
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

impl std::error::Error for ShutdownError {}

/// One shutdown hook that failed.
#[derive(Debug)]
pub struct ShutdownFailure {
    pub(crate) field: FieldNode,
    pub(crate) reason: ShutdownFailureReason,
}

/// How a shutdown hook failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum ShutdownFailureReason {
    /// It returned an error.
    Error(BoxError),
    /// It was still running at its deadline.
    DeadlineExceeded(Duration),
    /// It panicked, with this message.
    Panic(String),
}

impl ShutdownFailure {
    /// The name of the field whose hook failed.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field.name
    }

    /// How it failed.
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
