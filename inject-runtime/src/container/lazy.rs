//! Values that are built on demand.

use std::{
    fmt,
    future::ready,
    mem,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use futures_util::{FutureExt, future::Shared};
use tokio::runtime::Handle;

use super::{
    Container, Field,
    factory::FactoryCall,
    field::{Attach, Bind, FieldSpec},
    hook::{Hook, HookFuture},
    layering::PortOf,
    lifecycle::DEFAULT_DEADLINE,
    step::{Construct, Step},
    wiring::{Component, Construction, Wire},
};
use crate::{
    boxed::{BoxError, BoxFuture},
    graph::{Dependency, FieldNode, Recipe},
    layer::Layered,
    location::Location,
    panic::panic_message,
};

/// Value of a container that is built when it is first asked for, and not when the container starts.
///
/// A field `Lazy<Arc<T>>`, `Lazy<Arc<dyn Port>>` or `Lazy<Client>` of a container has the recipe of its
/// value. Its dependencies are built with the container. Dependents take the `Lazy`, which is cheap to
/// clone. It is not part of a cycle: two components can need each other if one of them takes the other
/// lazily.
///
/// ```
/// use std::sync::Arc;
/// use inject_runtime::{BoxError, Lazy, LazyError, container, service};
///
/// pub struct Index(Vec<&'static str>);
///
/// #[service]
/// impl Index {
///     #[inject]
///     async fn read() -> Result<Self, BoxError> {
///         Ok(Self(vec!["Emma", "Persuasion"]))
///     }
/// }
///
/// #[service]
/// pub struct Search {
///     index: Lazy<Arc<Index>>,
/// }
///
/// impl Search {
///     async fn find(&self, title: &str) -> Result<bool, LazyError> {
///         Ok(self.index.get().await?.0.contains(&title))
///     }
/// }
///
/// #[container]
/// pub struct App {
///     index: Lazy<Arc<Index>>,
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), BoxError> {
/// let app = App::builder().build().await?;
/// assert!(app.index.started().is_none());
/// let search: Search = app.resolve();
/// assert!(search.find("Emma").await?);
/// # Ok(())
/// # }
/// ```
///
/// The value is built once, on a task of its own, so that it does not stop when the one who asked leaves.
/// All who ask in the meantime wait for it. If it fails, all of them get the error, and the next who asks
/// starts it again. A hook under `#[on_shutdown(..)]` takes the value, and runs if there is one.
///
/// The construction needs a Tokio runtime; without one, it is an error.
pub struct Lazy<T>(Arc<State<T>>);

struct State<T> {
    value: OnceLock<T>,
    /// `None` until the container is built.
    source: OnceLock<Source<T>>,
    start: Mutex<Start<T>>,
}

/// Where a value comes from.
struct Source<T> {
    container: &'static str,
    field: &'static FieldNode,
    /// Starts the construction. `None` if the container is gone.
    construct: Box<dyn Fn() -> Option<Construction<T>> + Send + Sync>,
}

/// State of the start.
enum Start<T> {
    Idle,
    Running(Running<T>),
    /// The container is shut down.
    Stopped,
}

type Running<T> = Shared<BoxFuture<'static, Result<T, LazyError>>>;

impl<T> Lazy<T> {
    /// Returns the value, if it has been built.
    #[must_use]
    pub fn started(&self) -> Option<&T> {
        self.0.value.get()
    }
}

impl<T: Clone + Send + Sync + 'static> Lazy<T> {
    fn empty() -> Self {
        let (value, source) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(State { value, source, start: Mutex::new(Start::Idle) }))
    }

    /// Returns the value, and builds it if necessary.
    ///
    /// # Errors
    ///
    /// If the construction fails or panics, the container is not yet built, shut down or gone, or there is no
    /// Tokio runtime.
    pub async fn get(&self) -> Result<&T, LazyError> {
        if let Some(value) = self.0.value.get() {
            return Ok(value);
        }
        let value = self.running()?.await?;
        Ok(self.0.value.get_or_init(|| value))
    }

    /// Returns the start in progress, or begins one.
    fn running(&self) -> Result<Running<T>, LazyError> {
        let Some(source) = self.0.source.get() else { return Err(LazyError::new(None, Cause::NotBuilt)) };
        let error = |cause| LazyError::new(Some((source.container, source.field)), cause);
        let mut start = self.0.start.lock().unwrap_or_else(PoisonError::into_inner);
        match &*start {
            Start::Running(running) if !matches!(running.peek(), Some(Err(_))) => return Ok(running.clone()),
            Start::Stopped => return Err(error(Cause::Stopped)),
            Start::Running(_) | Start::Idle => {}
        }
        let Ok(runtime) = Handle::try_current() else { return Err(error(Cause::NoRuntime)) };
        let Some(construction) = (source.construct)() else { return Err(error(Cause::Stopped)) };
        let construction = match construction {
            Construction::Ready(result) => ready(result).boxed(),
            Construction::Pending(future) => future,
        };
        let (place, state) = ((source.container, source.field), Arc::downgrade(&self.0));
        // The task ends with the value in its place: the ones who wait may leave.
        let task = runtime.spawn(async move { settle(&state, place, construction.await) });
        let running = task
            .map(move |joined| match joined {
                Ok(result) => result,
                Err(error) if error.is_panic() => {
                    Err(LazyError::new(Some(place), Cause::Panic(panic_message(&*error.into_panic()))))
                }
                Err(_) => Err(LazyError::new(Some(place), Cause::Stopped)),
            })
            .boxed()
            .shared();
        *start = Start::Running(running.clone());
        Ok(running)
    }

    /// Connects the value to the container in which it is built.
    fn attach<C: Container + Send + Sync>(
        &self,
        container: &Arc<C>,
        field: &'static FieldNode,
        construct: impl Fn(&C) -> Construction<T> + Send + Sync + 'static,
    ) {
        let source = Arc::downgrade(container);
        let construct = move || Some(construct(&*source.upgrade()?));
        let _ = self.0.source.set(Source {
            container: C::GRAPH.container(),
            field,
            construct: Box::new(construct),
        });
    }
}

/// Puts the result of a construction into its place.
fn settle<T: Clone>(
    state: &Weak<State<T>>,
    place: (&'static str, &'static FieldNode),
    result: Result<T, BoxError>,
) -> Result<T, LazyError> {
    let value = result.map_err(|error| LazyError::new(Some(place), Cause::Error(error)))?;
    if let Some(state) = state.upgrade() {
        let _ = state.value.set(value.clone());
    }
    Ok(value)
}

/// Value that is there from the beginning: for tests.
impl<T> From<T> for Lazy<T> {
    fn from(value: T) -> Self {
        let (value, source) = (OnceLock::from(value), OnceLock::new());
        Self(Arc::new(State { value, source, start: Mutex::new(Start::Idle) }))
    }
}

impl<T> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.started() {
            Some(value) => f.debug_tuple("Lazy").field(value).finish(),
            None => f.write_str("Lazy(not started)"),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Layered> Layered for Lazy<T> {
    type Layer = T::Layer;
}

/// Error of a [`Lazy`] value that could not be built. Clones have the same [`source`](std::error::Error::source).
#[derive(Clone, Debug)]
pub struct LazyError {
    /// Name of the container, and the field.
    place: Option<(&'static str, &'static FieldNode)>,
    cause: Arc<Cause>,
}

#[derive(Debug)]
enum Cause {
    Error(BoxError),
    Panic(String),
    NotBuilt,
    Stopped,
    NoRuntime,
}

impl LazyError {
    fn new(place: Option<(&'static str, &'static FieldNode)>, cause: Cause) -> Self {
        Self { place, cause: Arc::new(cause) }
    }

    /// Returns the name of the field. Empty if the container was not built yet.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.place.map_or("", |(_, field)| field.name)
    }

    /// Returns the place where the field is declared, if the container has been built.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        self.place.map(|(_, field)| field.location)
    }
}

impl fmt::Display for LazyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((container, field)) => {
                write!(f, "cannot build `{field}` of `{container}`, declared at {}", field.location)?;
            }
            None => f.write_str("cannot build a lazy value")?,
        }
        match &*self.cause {
            Cause::Error(_) => Ok(()),
            Cause::Panic(message) => write!(f, ": its construction panicked: {message}"),
            Cause::NotBuilt => f.write_str(": its container is not built yet"),
            Cause::Stopped => f.write_str(": its container is shut down"),
            Cause::NoRuntime => f.write_str(": there is no Tokio runtime"),
        }
    }
}

impl std::error::Error for LazyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.cause {
            Cause::Error(error) => Some(&**error),
            Cause::Panic(_) | Cause::NotBuilt | Cause::Stopped | Cause::NoRuntime => None,
        }
    }
}

/// Component that field `K` of container `C` holds as a `Lazy<Arc<Self>>`. `P` is the proof that the container
/// can build it.
pub trait LazyComponentField<C: Container, K, P> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, P, T> LazyComponentField<C, K, P> for T
where
    C: Field<K, Value = Lazy<Arc<T>>> + Send + Sync,
    T: Component<Wiring: Wire<T, C>> + Send + Sync + 'static,
{
    const SPEC: FieldSpec<C> = FieldSpec::lazy::<K, Arc<T>>(
        FieldNode::made(Recipe::Component, const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] }),
        |container, field| {
            container.built().attach(container, field, |source| T::Wiring::construct(source).map(Arc::new));
        },
    );
}

/// Component that field `K` of container `C` holds as a lazy port. `P` is the proof that the container can
/// build it.
pub trait LazyBoundField<C: Container, K, P, const RULE: u8> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, P, T, const RULE: u8> LazyBoundField<C, K, P, RULE> for T
where
    C: Bind<K, T, Port: PortOf<T, RULE> + Clone + Send + Sync>,
    C: Field<K, Value = Lazy<<C as Bind<K, T>>::Port>> + Send + Sync,
    T: Component<Wiring: Wire<T, C>> + 'static,
{
    const SPEC: FieldSpec<C> = FieldSpec::lazy::<K, <C as Bind<K, T>>::Port>(
        FieldNode::made(Recipe::Binding, const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] }),
        |container, field| {
            container.built().attach(container, field, |source| {
                T::Wiring::construct(source).map(|implementation| C::bind(Arc::new(implementation)))
            });
        },
    );
}

impl<C: Container + Send + Sync> FieldSpec<C> {
    /// Field that is built on demand.
    const fn lazy<K, T>(node: FieldNode, attach: Attach<C>) -> Self
    where
        C: Field<K, Value = Lazy<T>>,
        T: Clone + Send + Sync + 'static,
    {
        let node = FieldNode { dependencies: &[], on_demand: node.dependencies, ..node };
        let step: Construct<C> = |builder| {
            C::slot(builder).fill(Lazy::empty());
            Step::Done(Ok(()))
        };
        // Without a hook of its own, it is not built after the shutdown, either.
        let hook = Hook {
            deadline: || DEFAULT_DEADLINE,
            stop: |container: &C| stop_lazy(container.built(), |_| Box::pin(ready(Ok(())))),
            stop_early: |_| None,
        };
        Self { attach: Some(attach), hook: Some(hook), ..Self::new::<K>(node, Some(step)) }
    }

    /// Field that a function builds on demand.
    #[must_use]
    pub const fn lazy_factory<K, T>(
        function: &'static str,
        parameters: &'static [Dependency],
        attach: Attach<C>,
    ) -> Self
    where
        C: Field<K, Value = Lazy<T>>,
        T: Clone + Send + Sync + 'static,
    {
        Self::lazy::<K, T>(FieldNode::made(Recipe::Factory(function), parameters), attach)
    }
}

/// Connects the value of field `K`, which a factory builds, to its container.
pub fn attach_factory<C, K, T, F, Args>(
    container: &Arc<C>,
    field: &'static FieldNode,
    call: FactoryCall<C, F, T, Args>,
) where
    C: Field<K, Value = Lazy<T>> + Send + Sync,
    T: Clone + Send + Sync + 'static,
    F: Copy + Send + Sync + 'static,
    Args: 'static,
{
    container.built().attach(container, field, move |source| call.construct_in(source));
}

/// Returns the hook of a value that may not have been built. It is not built any more; a start in progress is
/// awaited, so that its value is stopped as well.
pub fn stop_lazy<'a, T>(
    lazy: &'a Lazy<T>,
    stop: impl FnOnce(&'a T) -> HookFuture<'a> + Send + 'a,
) -> HookFuture<'a>
where
    T: Clone + Send + Sync + 'static,
{
    let start = &mut *lazy.0.start.lock().unwrap_or_else(PoisonError::into_inner);
    let before = mem::replace(start, Start::Stopped);
    Box::pin(async move {
        if let Start::Running(running) = before {
            // Its error is that of those who asked.
            let _ = running.await;
        }
        match lazy.started() {
            Some(value) => stop(value).await,
            None => Ok(()),
        }
    })
}
