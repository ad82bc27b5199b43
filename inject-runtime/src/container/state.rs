//! States of routers that have a container.

use std::sync::Arc;

use super::SharedContainer;
use crate::layer::{CompositionRoot, Layered};

/// State of an axum router that has a container: `Arc<App>`, or a type under
/// [`#[derive(HasContainer)]`](derive@crate::HasContainer).
///
/// It is in the layer [`CompositionRoot`], so that no endpoint takes the container as `State<AppState>`.
///
/// [`Inject`](crate::Inject), providers, request-scoped components and endpoints extract from every such
/// state. An existing application keeps its state, and adds the container to it:
///
/// ```
/// use std::sync::Arc;
/// use axum::{Router, extract::State, routing::get};
/// use inject_runtime::{HasContainer, Inject, container, service};
///
/// #[service]
/// pub struct Greeter {}
///
/// #[container]
/// pub struct App {}
///
/// #[derive(Clone, HasContainer)]
/// struct AppState {
///     name: &'static str,
///     #[container]
///     app: Arc<App>,
/// }
///
/// async fn old(State(state): State<AppState>) -> &'static str {
///     state.name
/// }
///
/// async fn new(Inject(greeter): Inject<Greeter>) -> &'static str {
///     # let _ = greeter;
///     "hello"
/// }
///
/// fn router(state: AppState) -> Router {
///     Router::new().route("/old", get(old)).route("/new", get(new)).with_state(state)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` has no container",
    label = "this router state has no container",
    note = "[inject/container] use `Arc<App>` as the state, where `App` is the struct under `#[container]`; or put `#[derive(HasContainer)]` on a state with a field of that type"
)]
pub trait HasContainer: Layered<Layer = CompositionRoot> + Send + Sync + 'static {
    /// Container of the state.
    type Container: SharedContainer;

    /// Returns the container.
    fn container(&self) -> &Arc<Self::Container>;
}

impl<C: SharedContainer> HasContainer for Arc<C> {
    type Container = C;

    #[inline]
    fn container(&self) -> &Arc<C> {
        self
    }
}
