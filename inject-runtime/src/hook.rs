//! Shutdown hooks.

use crate::injectable::{BoxError, BoxFuture};

/// A running shutdown hook.
pub type HookFuture<'a> = BoxFuture<'a, Result<(), BoxError>>;

/// What the call of a shutdown hook gives: a future of nothing, or of a result of nothing.
///
/// `Kind` tells the implementations apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "a shutdown hook cannot return `{Self}`",
    label = "expected an async function that returns `()` or `Result<(), E>`",
    note = "[inject/hook] write `async fn close(value: &T)`, returning `()` or `Result<(), E>` with an `E: std::error::Error + Send + Sync`"
)]
pub trait HookCall<'a, Kind> {
    /// The hook, boxed.
    fn boxed(self) -> HookFuture<'a>;
}

/// [`HookCall`]: a future of nothing.
pub struct Infallible;
/// [`HookCall`]: a future of a `Result`.
pub struct Fallible;

#[diagnostic::do_not_recommend]
impl<'a, F: Future<Output = ()> + Send + 'a> HookCall<'a, Infallible> for F {
    fn boxed(self) -> HookFuture<'a> {
        Box::pin(async {
            self.await;
            Ok(())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: Into<BoxError>, F: Future<Output = Result<(), E>> + Send + 'a> HookCall<'a, Fallible>
    for F
{
    fn boxed(self) -> HookFuture<'a> {
        Box::pin(async { self.await.map_err(Into::into) })
    }
}
