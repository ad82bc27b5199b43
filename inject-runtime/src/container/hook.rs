//! Shutdown hooks.

use std::{future::ready, time::Duration};

use super::{Container, Field};
use crate::boxed::{BoxError, BoxFuture};

/// Running shutdown hook.
pub type HookFuture<'a> = BoxFuture<'a, Result<(), BoxError>>;

/// Return type of a shutdown hook: `()`, `Result<(), E>`, or a future of either.
///
/// `Kind` distinguishes the implementations; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "a shutdown hook cannot return `{Self}`",
    label = "expected a function that returns `()` or `Result<(), E>`, async or not",
    note = "[inject/hook] write `async fn close(value: &T)`, returning `()` or `Result<(), E>` where `E` converts into `Box<dyn Error + Send + Sync>`; its future is `Send`"
)]
pub trait HookCall<'a, Kind> {
    /// Returns the hook as a boxed future.
    fn boxed(self) -> HookFuture<'a>;
}

/// Kind of [`HookCall`]: `()`.
pub struct Infallible;
/// Kind of [`HookCall`]: a `Result`.
pub struct Fallible;
/// Kind of [`HookCall`]: a future of `()`.
pub struct Async;
/// Kind of [`HookCall`]: a future of a `Result`.
pub struct AsyncFallible;

#[diagnostic::do_not_recommend]
impl<'a> HookCall<'a, Infallible> for () {
    fn boxed(self) -> HookFuture<'a> {
        Box::pin(ready(Ok(())))
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Into<BoxError>> HookCall<'a, Fallible> for Result<(), E> {
    fn boxed(self) -> HookFuture<'a> {
        Box::pin(ready(self.map_err(Into::into)))
    }
}

#[diagnostic::do_not_recommend]
impl<'a, F: Future<Output = ()> + Send + 'a> HookCall<'a, Async> for F {
    fn boxed(self) -> HookFuture<'a> {
        Box::pin(async {
            self.await;
            Ok(())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Into<BoxError>, F: Future<Output = Result<(), E>> + Send + 'a> HookCall<'a, AsyncFallible> for F {
    fn boxed(self) -> HookFuture<'a> {
        Box::pin(async { self.await.map_err(Into::into) })
    }
}

/// Shutdown hook of one field, for the finished container and for the builder.
pub(crate) struct Hook<C: Container> {
    pub(crate) deadline: fn() -> Duration,
    pub(crate) stop: for<'a> fn(&'a C) -> HookFuture<'a>,
    /// Returns `None` while the slot is empty.
    pub(crate) stop_early: fn(&C::Builder) -> Option<HookFuture<'static>>,
}

/// Field with `#[on_shutdown]`.
pub trait Stop<K>: Field<K> {
    /// Returns the time limit of the hook.
    fn deadline() -> Duration;

    /// Calls the hook.
    fn stop(value: &Self::Value) -> HookFuture<'_>;
}
