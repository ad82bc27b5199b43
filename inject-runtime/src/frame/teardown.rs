//! Teardown of the resources of a request.

use axum::http::StatusCode;

use crate::{boxed::BoxError, problem::Problem};

/// Resource that is opened for a request and closed when the request ends: the output of a provider under
/// `#[inject(teardown)]`.
///
/// Teardowns run in the reverse order of the setups, after the handler and before the head of the response
/// is sent. If one fails after a success, the response becomes a 500, so that a client never receives a
/// success that did not happen. Every teardown runs, even if others fail. They also run, with the matching
/// [`Outcome`], when the handler panics, or when its future is dropped because the client disconnected or a
/// timeout elapsed.
///
/// Dependents get clones of the value: the request has one handle, and the scope, which calls
/// [`teardown`](Self::teardown), has another.
///
/// ```
/// use std::{convert::Infallible, sync::{Arc, atomic::{AtomicUsize, Ordering}}};
/// use inject_runtime::{Outcome, Teardown};
///
/// /// Counts the requests in progress.
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
    /// Error of the teardown. It is logged. The client receives its [`problem`](Self::problem).
    type Error: Into<BoxError>;

    /// Closes the resource, depending on how the request ended.
    ///
    /// # Errors
    ///
    /// If the resource could not be closed as the outcome requires, for example when a commit is refused.
    fn teardown(self, outcome: Outcome) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Returns the response to the client if the teardown of a success fails: for a constraint that is checked at the
    /// commit, a conflict. The default is a 500.
    fn problem(error: &Self::Error) -> Option<Problem> {
        _ = error;
        None
    }
}

/// Outcome of a request. [`Teardown`] has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The handler returned a response with a status below 400.
    Success,
    /// The handler returned a response with this status, 400 or above; or the teardown of a resource that
    /// was opened later failed.
    Failure(StatusCode),
    /// A guard, a provider or another extractor ended the request with this status, before the handler
    /// started.
    Rejection(StatusCode),
    /// The handler, or an extractor before it, panicked.
    Panic,
    /// The request was canceled: the client disconnected, or a timeout elapsed.
    Cancelled,
}

impl Outcome {
    /// Returns whether the changes of the request are to be kept.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Success)
    }
}
