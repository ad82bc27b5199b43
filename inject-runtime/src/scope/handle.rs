//! Handle on a resource of a request that refuses after the end of the resource.

use std::{
    any::type_name,
    error::Error,
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use crate::problem::{Problem, ToProblem};

/// Handle on a resource of a request. It refuses after the end of the resource, as the handle of a
/// [transaction](crate::tx) does.
///
/// Dependents get clones of a resource, and one of them may keep its clone: in a task, in a stream, in a socket. With a
/// `Handle` inside, the teardown takes the resource away from all of them.
///
/// ```
/// use inject_runtime::{Handle, HandleEnded, Outcome, Teardown};
///
/// /// A spool file, of which a failed request leaves nothing.
/// #[derive(Clone)]
/// pub struct Spool(Handle<Vec<u8>>);
///
/// impl Spool {
///     pub async fn append(&self, bytes: &[u8]) -> Result<(), HandleEnded> {
///         self.0.lock().await?.extend(bytes);
///         Ok(())
///     }
/// }
///
/// impl Teardown for Spool {
///     type Error = std::io::Error;
///
///     async fn teardown(self, outcome: Outcome) -> std::io::Result<()> {
///         let Some(bytes) = self.0.end().await else { return Ok(()) };
///         if outcome.is_success() { store(bytes).await } else { Ok(()) }
///     }
/// }
///
/// # async fn store(_: Vec<u8>) -> std::io::Result<()> { Ok(()) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let spool = Spool(Handle::new(Vec::new()));
/// let kept = spool.clone();
/// spool.append(b"order 1").await?;
/// spool.teardown(Outcome::Success).await?;
/// assert!(kept.append(b"order 2").await.is_err());
/// # Ok(())
/// # }
/// ```
pub struct Handle<T>(Arc<Mutex<Option<T>>>);

impl<T> Handle<T> {
    /// Creates a handle on a resource. Its clones are handles on the same one.
    pub fn new(resource: T) -> Self {
        Self(Arc::new(Mutex::new(Some(resource))))
    }

    /// Waits until no other clone uses the resource, and locks it.
    ///
    /// # Errors
    ///
    /// Returns [`HandleEnded`] after [`end`](Self::end).
    pub async fn lock(&self) -> Result<HandleGuard<'_, T>, HandleEnded> {
        HandleGuard::new(self.0.lock().await)
    }

    /// Waits until no other clone uses the resource, and takes it from all of them. `None` if it has been taken.
    pub async fn end(&self) -> Option<T> {
        self.0.lock().await.take()
    }

    /// Returns whether the resource has been taken. `false` while it is in use.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.0.try_lock().is_ok_and(|resource| resource.is_none())
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("has_ended", &self.has_ended()).finish_non_exhaustive()
    }
}

/// Lock on the resource of a [`Handle`].
pub struct HandleGuard<'a, T> {
    resource: MappedMutexGuard<'a, T>,
}

impl<'a, T> HandleGuard<'a, T> {
    fn new(guard: MutexGuard<'a, Option<T>>) -> Result<Self, HandleEnded> {
        match MutexGuard::try_map(guard, Option::as_mut) {
            Ok(resource) => Ok(Self { resource }),
            Err(_) => Err(HandleEnded { resource: type_name::<T>() }),
        }
    }
}

impl<T> Deref for HandleGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.resource
    }
}

impl<T> DerefMut for HandleGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.resource
    }
}

impl<T: fmt::Debug> fmt::Debug for HandleGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HandleGuard").field(&**self).finish()
    }
}

/// Error of a [`Handle`] whose resource has ended: the request that opened it is over. As a response it is a 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandleEnded {
    resource: &'static str,
}

impl fmt::Display for HandleEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is used after the end of its request", self.resource)
    }
}

impl Error for HandleEnded {}

impl ToProblem for HandleEnded {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for HandleEnded {
    fn into_response(self) -> Response {
        Problem::respond_to(&self)
    }
}
