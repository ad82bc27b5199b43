//! Label of the endpoint that answers a request, for the lines of the log and for metrics.

use std::{
    cell::Cell,
    fmt,
    mem::ManuallyDrop,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
    thread::LocalKey,
};

use crate::boxed::BoxFuture;

/// Label of an endpoint, or of one of its requests.
#[derive(Clone, Debug)]
pub(crate) struct EndpointLabel {
    pub(crate) method: &'static str,
    /// Path with the prefixes of nested routes: `/v1/items/{id}`.
    pub(crate) route: Arc<str>,
    /// Path of the function: `shop::items::show`.
    pub(crate) endpoint: Arc<str>,
    /// Access policy of the endpoint, as the route table shows it.
    pub(crate) policy: Arc<str>,
    /// Connections that the request has taken from pools. Such a label belongs to the request alone.
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code))]
    pub(crate) connections: Vec<TakenConnection>,
}

/// Connection that a request has taken from a pool.
#[derive(Clone, Debug)]
pub(crate) struct TakenConnection {
    /// Returns the name of the handle that holds it.
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code))]
    handle: fn() -> String,
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code))]
    holder: Weak<dyn Holder>,
}

/// Holder of a connection of a pool.
pub(crate) trait Holder: fmt::Debug + Send + Sync {
    /// Returns whether the connection is not released yet.
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code))]
    fn is_holding(&self) -> bool;
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

/// Notes that the request that runs on this thread has taken a connection from a pool. Its label is then its own.
#[cfg(feature = "sqlx")]
pub(crate) fn take_connection(handle: fn() -> String, holder: Weak<dyn Holder>) {
    CURRENT.with(|place| {
        let mut label = ManuallyDrop::into_inner(place.take());
        if let Some(label) = &mut label {
            let connections = &mut Arc::make_mut(label).connections;
            // A session begins many transactions, one after the other.
            connections.retain(|taken| taken.holder.strong_count() > 0);
            connections.push(TakenConnection { handle, holder });
        }
        place.set(ManuallyDrop::new(label));
    });
}

/// Words which connections the request that runs on this thread holds, for the log of a wait for a connection. `None` outside of
/// endpoints.
#[cfg(feature = "sqlx")]
#[cold]
pub(crate) fn held_connections() -> Option<String> {
    let label = current()?;
    let is_holding =
        |taken: &&TakenConnection| taken.holder.upgrade().is_some_and(|holder| holder.is_holding());
    let handles: Vec<_> =
        label.connections.iter().filter(is_holding).map(|taken| format!("`{}`", (taken.handle)())).collect();
    Some(match &*handles {
        [] => "the request itself holds no connection in a unit of work".to_owned(),
        handles => format!(
            "the request itself holds a connection in its {}: use that handle, or end it before",
            handles.join(" and its ")
        ),
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

#[cfg(all(test, feature = "sqlx"))]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Held(bool);

    impl Holder for Held {
        fn is_holding(&self) -> bool {
            self.0
        }
    }

    fn take(holder: &Arc<Held>) {
        let holder = Arc::downgrade(holder);
        take_connection(|| "Tx<Sqlite>".to_owned(), holder);
    }

    #[test]
    fn a_request_has_the_connections_that_it_holds_and_other_requests_do_not() {
        let shared = Arc::new(EndpointLabel {
            method: "GET",
            route: "/".into(),
            endpoint: "shop::show".into(),
            policy: "public".into(),
            connections: Vec::new(),
        });
        let (mut own, mut other) = (Some(Arc::clone(&shared)), Some(shared));
        let (held, released) = (Arc::new(Held(true)), Arc::new(Held(false)));
        {
            let _entered = Entered::enter(&mut own);
            for _ in 0..100 {
                take(&Arc::new(Held(true)));
            }
            take(&released);
            take(&held);
        }
        // Those of the past are not kept.
        assert_eq!(own.as_ref().map(|label| label.connections.len()), Some(2));
        assert_eq!(held_connections(), None);
        {
            let _entered = Entered::enter(&mut own);
            assert!(held_connections().is_some_and(|text| text.contains("in its `Tx<Sqlite>`: ")));
        }
        let _entered = Entered::enter(&mut other);
        assert!(held_connections().is_some_and(|text| text.contains("holds no connection")));
    }
}
