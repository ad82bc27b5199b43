//! Label of the endpoint that answers a request, for the lines of the log and for metrics.

use std::{
    cell::Cell,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use crate::boxed::BoxFuture;

/// Label of an endpoint.
#[derive(Debug)]
pub(crate) struct EndpointLabel {
    pub(crate) method: &'static str,
    /// Path with the prefixes of nested routes: `/v1/items/{id}`.
    pub(crate) route: String,
    /// Path of the function: `shop::items::show`.
    pub(crate) endpoint: String,
    /// Access policy of the endpoint, as the route table shows it.
    pub(crate) policy: String,
}

/// Shared label. `None` outside of endpoints.
pub(crate) type Label = Option<Arc<EndpointLabel>>;

thread_local! {
    /// Label of the endpoint whose future is being polled or dropped on this thread.
    static CURRENT: Cell<Label> = const { Cell::new(None) };
    /// Provider whose error is being converted to a response.
    static PROVIDER: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Returns the label of the endpoint that runs on this thread.
pub(crate) fn current() -> Label {
    with_label(|label| label.cloned())
}

fn with_label<R>(read: impl FnOnce(Option<&Arc<EndpointLabel>>) -> R) -> R {
    let mut label = CURRENT.try_with(Cell::take).ok().flatten();
    let result = read(label.as_ref());
    // Not at the end of a thread.
    _ = CURRENT.try_with(|current| current.set(label.take()));
    result
}

/// Fields of a log event.
pub(crate) struct Fields<'a> {
    pub(crate) method: Option<&'a str>,
    pub(crate) route: Option<&'a str>,
    pub(crate) endpoint: Option<&'a str>,
    pub(crate) provider: Option<&'static str>,
}

/// Logs an event with the fields of the endpoint that runs on this thread.
#[cold]
pub(crate) fn log(event: impl FnOnce(Fields<'_>)) {
    let provider = PROVIDER.try_with(Cell::get).ok().flatten();
    with_label(|label| {
        let label = label.map(|label| &**label);
        event(Fields {
            method: label.map(|label| label.method),
            route: label.map(|label| &*label.route),
            endpoint: label.map(|label| &*label.endpoint),
            provider,
        });
    });
}

/// Converts the error of a provider: what is logged meanwhile has its name.
#[cold]
pub(crate) fn in_provider<R>(name: &'static str, convert: impl FnOnce() -> R) -> R {
    /// Restores the provider, also when the conversion panics.
    struct Before(Option<&'static str>);

    impl Drop for Before {
        fn drop(&mut self) {
            _ = PROVIDER.try_with(|provider| provider.set(self.0));
        }
    }

    let _before = Before(PROVIDER.try_with(|provider| provider.replace(Some(name))).ok().flatten());
    convert()
}

/// Exchanges the label of this thread and a label, and exchanges them again when it is dropped: neither is cloned.
pub(crate) struct Entered<'a>(&'a mut Label);

impl<'a> Entered<'a> {
    #[inline]
    pub(crate) fn enter(label: &'a mut Label) -> Self {
        exchange(label);
        Self(label)
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        exchange(self.0);
    }
}

#[inline]
fn exchange(label: &mut Label) {
    if let Ok(before) = CURRENT.try_with(|current| current.replace(label.take())) {
        *label = before;
    }
}

/// Future that is polled and dropped under a label.
pub(crate) struct Labeled<T> {
    label: Label,
    /// `None` when it is dropped.
    future: Option<BoxFuture<'static, T>>,
}

impl<T> Labeled<T> {
    #[inline]
    pub(crate) fn new(label: Label, future: BoxFuture<'static, T>) -> Self {
        Self { label, future: Some(future) }
    }
}

impl<T> Future for Labeled<T> {
    type Output = T;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Self { label, future } = &mut *self;
        let Some(future) = future else { return Poll::Pending };
        let _entered = Entered::enter(label);
        future.as_mut().poll(cx)
    }
}

impl<T> Drop for Labeled<T> {
    #[inline]
    fn drop(&mut self) {
        if self.future.is_some() {
            let Self { label, future } = self;
            let _entered = Entered::enter(label);
            *future = None;
        }
    }
}
