//! Boxed errors and futures.

use std::{error::Error, pin::Pin};

/// An error of an application, on its way into a [`BuildError`](crate::BuildError) or a
/// [`ShutdownError`](crate::ShutdownError).
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A boxed future that can be sent to another thread.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
