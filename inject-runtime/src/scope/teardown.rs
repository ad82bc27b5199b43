//! What happens to a resource of a request when the request ends.

use axum::http::StatusCode;

use crate::boxed::BoxError;

/// A resource that is opened for a request and closed when the request ends: what a provider under `#[inject(teardown)]` returns.
///
/// Teardowns run in the reverse order of the set-ups, after the handler, and before the head of the response is sent: one that fails
/// after a success turns the answer into a 500, so that a client never reads of a success that did not happen. Every one
/// runs, whatever the others do. When the handler panics, or its future is dropped because the client is gone or a timeout has passed,
/// they run as well, with that [`Outcome`].
///
/// The value is handed out by `Clone`: the request has one handle, the scope, which calls [`teardown`](Self::teardown), another.
///
/// ```
/// use std::{convert::Infallible, sync::{Arc, atomic::{AtomicUsize, Ordering}}};
/// use inject_runtime::{Outcome, Teardown};
///
/// /// Counts the requests that are being worked on.
/// #[derive(Clone)]
/// struct InFlight(Arc<AtomicUsize>);
///
/// impl Teardown for InFlight {
///     type Error = Infallible;
///
///     async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
///         self.0.fetch_sub(1, Ordering::Relaxed);
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no teardown",
    label = "this is what the provider returns",
    note = "[inject/teardown] implement `Teardown` for `{Self}`; or, if there is nothing to close, write `#[inject]` without `teardown`"
)]
pub trait Teardown: Send + 'static {
    /// What can go wrong. It is logged; the client reads of an internal error and nothing else.
    type Error: Into<BoxError>;

    /// Closes the resource, according to how the request ended.
    ///
    /// # Errors
    ///
    /// The resource could not be closed as the outcome demands: a commit that is refused.
    fn teardown(self, outcome: Outcome) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The handler answered with a status below 400.
    Success,
    /// The handler answered with that status, 400 or above; or the teardown of a resource further in failed.
    Failure(StatusCode),
    /// A guard, a provider or another extractor ended the request with that status, before the handler started.
    Rejection(StatusCode),
    /// The handler, or something before it, panicked.
    Panic,
    /// The request was given up: the client is gone, or a timeout has passed.
    Cancelled,
}

impl Outcome {
    /// Whether what the request did is to be kept.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Success)
    }
}
