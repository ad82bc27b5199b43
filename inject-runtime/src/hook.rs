//! Shutdown hooks.

use crate::injectable::{BoxError, BoxFuture};

/// A running shutdown hook.
pub type HookFuture<'a> = BoxFuture<'a, Result<(), BoxError>>;

/// What a shutdown hook may return: nothing, or a result of nothing.
#[diagnostic::on_unimplemented(
    message = "a shutdown hook cannot return `{Self}`",
    label = "expected `()` or `Result<(), E>`",
    note = "[inject/hook] `#[on_shutdown(close)]` takes `async fn close(value: &T)`, returning `()` or `Result<(), E>` with an `E: std::error::Error + Send + Sync`"
)]
pub trait HookOutcome {
    /// The failure, if any.
    fn into_result(self) -> Result<(), BoxError>;
}

impl HookOutcome for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> HookOutcome for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

/// Boxes the call of a shutdown hook.
pub fn hook<'a, F>(call: F) -> HookFuture<'a>
where
    F: Future<Output: HookOutcome> + Send + 'a,
{
    Box::pin(async { call.await.into_result() })
}
