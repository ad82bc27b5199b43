//! Injection into axum handlers.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod parameter;

use std::{
    convert::Infallible,
    ops::{Deref, DerefMut},
};

use axum::{extract::FromRequestParts, http::request::Parts};

#[cfg(feature = "sqlx")]
pub(crate) use self::parameter::HasOrigin;
pub use self::parameter::{
    BeforeBody, GuardParameter, Known, Native, NativeNow, OfContainer, OfRuntime, OfRuntimeNow,
    OptionalOutput, Output, OutputNow, Parameter, ParameterNow, Sort, Sorted, Unknown, WithoutInject,
    is_sync, sort,
};
pub(crate) use self::parameter::{extract_native, take_principal};
use crate::{
    container::HasContainer,
    injectable::Injectable,
    layer::{Layered, MayDependOn, Route},
};

/// Extractor that injects a `T` from the container, in a router whose state [has one](HasContainer):
/// `Router<Arc<App>>`.
///
/// Handlers are in the [`Route`] layer: they may inject services and components of the layer
/// [`Common`](crate::layer::Common), and no repositories or infrastructure. The extraction cannot fail, and
/// costs as much as building a `T` by hand from axum's `State`.
///
/// ```
/// use std::sync::Arc;
/// use axum::{Router, routing::get};
/// use inject_runtime::{Inject, container, in_layer, layer::Common, service};
///
/// #[service]
/// pub struct Greeter {
///     greeting: Arc<Greeting>,
/// }
///
/// #[in_layer(Common)]
/// pub struct Greeting(String);
///
/// #[container]
/// pub struct App {
///     #[input]
///     greeting: Arc<Greeting>,
/// }
///
/// async fn greet(Inject(greeter): Inject<Greeter>) -> String {
///     greeter.greeting.0.clone()
/// }
///
/// fn router(app: Arc<App>) -> Router {
///     Router::new().route("/", get(greet)).with_state(app)
/// }
/// ```
///
/// A repository is two layers further in, which the rules do not allow. On a plain axum handler,
/// `#[axum::debug_handler(state = Arc<App>)]` makes rustc report the layering violation; without it, rustc
/// reports that the function does not implement `Handler`.
///
/// ```compile_fail,E0277
/// # use std::sync::Arc;
/// # use axum::{Router, routing::get};
/// # use inject_runtime::{Inject, container, repository};
/// #[repository]
/// pub struct Users;
///
/// #[container]
/// pub struct App {}
///
/// async fn count(Inject(users): Inject<Users>) {}
///
/// fn router(app: Arc<App>) -> Router {
///     Router::new().route("/", get(count)).with_state(app)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Inject<T>(pub T);

impl<S, T> FromRequestParts<S> for Inject<T>
where
    S: HasContainer,
    T: Injectable<S::Container> + Layered,
    Route: MayDependOn<T::Layer>,
{
    type Rejection = Infallible;

    // An async function, and not `ready`: the future of a handler then contains the state, and not the
    // injected value in addition.
    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(T::inject(&**state.container())))
    }
}

impl<T> Deref for Inject<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Inject<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
