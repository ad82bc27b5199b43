//! Label of the endpoint that answers a request, for the lines of the log and for metrics.

use std::{
    cell::Cell,
    mem::ManuallyDrop,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    thread::LocalKey,
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

/// Value of a thread while a future is polled or dropped. Outside of that it is `None`, so nothing is lost with the thread: a
/// value without a destructor is read without a look at its state.
pub(crate) type OfThread<T> = Cell<ManuallyDrop<Option<Arc<T>>>>;

thread_local! {
    /// Label of the endpoint whose future is being polled or dropped on this thread.
    static CURRENT: OfThread<EndpointLabel> = const { Cell::new(ManuallyDrop::new(None)) };
    /// Provider whose error is being converted to a response.
    static PROVIDER: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Returns the label of the endpoint that runs on this thread.
#[inline]
pub(crate) fn current() -> Label {
    clone_of(&CURRENT)
}

/// Returns a clone of the value of the thread.
#[inline]
pub(crate) fn clone_of<T: 'static>(place: &'static LocalKey<OfThread<T>>) -> Option<Arc<T>> {
    place.with(|place| {
        let value = place.take();
        let clone = Option::clone(&value);
        place.set(value);
        clone
    })
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
    let provider = PROVIDER.get();
    let label = current();
    let label = label.as_deref();
    event(Fields {
        method: label.map(|label| label.method),
        route: label.map(|label| &*label.route),
        endpoint: label.map(|label| &*label.endpoint),
        provider,
    });
}

/// Converts the error of a provider: what is logged meanwhile has its name.
#[cold]
pub(crate) fn in_provider<R>(name: &'static str, convert: impl FnOnce() -> R) -> R {
    /// Restores the provider, also when the conversion panics.
    struct Before(Option<&'static str>);

    impl Drop for Before {
        fn drop(&mut self) {
            PROVIDER.set(self.0);
        }
    }

    let _before = Before(PROVIDER.replace(Some(name)));
    convert()
}

/// Exchanges the value of this thread and another one, and exchanges them again when it is dropped: neither is cloned.
pub(crate) struct Entered<'a, T: 'static = EndpointLabel> {
    place: &'static LocalKey<OfThread<T>>,
    value: &'a mut Option<Arc<T>>,
}

impl<'a> Entered<'a> {
    #[inline]
    pub(crate) fn enter(label: &'a mut Label) -> Self {
        Self::enter_in(&CURRENT, label)
    }
}

impl<'a, T> Entered<'a, T> {
    #[inline]
    pub(crate) fn enter_in(place: &'static LocalKey<OfThread<T>>, value: &'a mut Option<Arc<T>>) -> Self {
        exchange(place, value);
        Self { place, value }
    }
}

impl<T> Drop for Entered<'_, T> {
    #[inline]
    fn drop(&mut self) {
        exchange(self.place, self.value);
    }
}

#[inline]
fn exchange<T>(place: &'static LocalKey<OfThread<T>>, value: &mut Option<Arc<T>>) {
    let before = place.with(|place| place.replace(ManuallyDrop::new(value.take())));
    *value = ManuallyDrop::into_inner(before);
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
        let Some(running) = future else { return Poll::Pending };
        let _entered = Entered::enter(label);
        let output = ready!(running.as_mut().poll(cx));
        *future = None;
        Poll::Ready(output)
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
