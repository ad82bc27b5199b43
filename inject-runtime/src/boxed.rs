//! Boxed errors and futures.

use std::{error::Error, pin::Pin};

/// Boxed error of an application, as the cause of a [`BuildError`](crate::BuildError) or a
/// [`ShutdownError`](crate::ShutdownError).
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Boxed future that can be sent to another thread.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// `Box`, under a name that no prelude has: a path to that one is reported as unnecessary where an expansion is written out.
pub type Boxed<T> = Box<T>;
