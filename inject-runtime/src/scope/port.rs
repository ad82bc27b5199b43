//! Ports of the request scope: a trait in a request-scoped component, and its implementation in the container.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use super::{
    provider::{Provided, Provider},
    strategy::overridden,
};
use crate::{
    container::{Container, Field, FieldSpec, HasContainer, ImplementedBy, PortOf, Proven, SharedContainer},
    extract::Native,
    frame::{Frame, Loan, Provision, RequestContext},
    layer::{Common, Layered},
    metadata::{Describable, Origin, ParameterKind, PortBinding, PortParameter},
};

/// Port of the request scope, as a field or parameter: a trait object that belongs to one request.
///
/// A service that is request-scoped because of the unit of work need not name the repositories that are behind it.
/// It takes a port, and the container states which request-scoped component is behind the port, in a field
/// [`PerRequest`]. The port is in the layer of its stereotype, and derefs to the trait object.
///
/// Each dependent has a port of its own, as it has a request-scoped component of its own: the components behind two
/// ports share what is cached, such as the unit of work. The values that the implementation takes, its teardowns and
/// its rejections are those of the endpoint that uses the port.
///
/// ```
/// use futures_util::future::BoxFuture;
/// use inject_runtime::{PerRequest, Port, RequestScope, ScopeError, container, repository, service, tx::Tx};
/// use sqlx::{Sqlite, SqlitePool};
///
/// /// `scope = request`: it is not shared between threads, and needs no `Sync`.
/// #[repository(scope = request)]
/// pub trait Users: Send {
///     fn add<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, sqlx::Result<()>>;
/// }
///
/// #[service(scope = request)]
/// pub struct Registration {
///     users: Port<dyn Users>,
/// }
///
/// impl Registration {
///     pub async fn register(&mut self, name: &str) -> sqlx::Result<()> {
///         self.users.add(name).await
///     }
/// }
///
/// #[repository(scope = request)]
/// pub struct SqlUsers {
///     tx: Tx<Sqlite>,
/// }
///
/// impl Users for SqlUsers {
///     fn add<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
///         Box::pin(async move {
///             sqlx::query("INSERT INTO user VALUES (?)").bind(name).execute(&mut self.tx).await.map(drop)
///         })
///     }
/// }
///
/// #[container]
/// pub struct App {
///     #[input]
///     pool: SqlitePool,
///     #[bind(SqlUsers)]
///     users: PerRequest<dyn Users>,
/// }
///
/// /// A unit test needs no container and no database.
/// #[derive(Default)]
/// struct FakeUsers(Vec<String>);
///
/// impl Users for FakeUsers {
///     fn add<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
///         self.0.push(name.to_owned());
///         Box::pin(async { Ok(()) })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut registration = Registration::new(Port::new(FakeUsers::default()));
/// registration.register("ada").await?;
///
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::query("CREATE TABLE user (name TEXT)").execute(&pool).await?;
/// # #[derive(Debug)]
/// # enum Error { Sql(sqlx::Error), Scope(ScopeError) }
/// # impl From<ScopeError> for Error { fn from(error: ScopeError) -> Self { Self::Scope(error) } }
/// # impl From<sqlx::Error> for Error { fn from(error: sqlx::Error) -> Self { Self::Sql(error) } }
/// let app = App::builder(AppInputs { pool }).build().await?;
/// RequestScope::of(&app)
///     .run(async |mut registration: Registration| registration.register("ada").await.map_err(Error::from))
///     .await
///     .expect("the unit of work is committed");
/// # Ok(())
/// # }
/// ```
///
/// In a test of a router, [`Routes::override_provider`](crate::Routes::override_provider) replaces what is behind the
/// port: `routes.override_provider(|_| Port::<dyn Users>::new(FakeUsers::default()))`.
pub struct Port<P: ?Sized>(Box<P>);

impl<P: ?Sized> Port<P> {
    /// Puts `implementation` behind the port, for tests.
    ///
    /// ```
    /// use inject_runtime::{Port, service};
    ///
    /// #[service(scope = request)]
    /// pub trait Clock: Send {
    ///     fn now(&self) -> u64;
    /// }
    ///
    /// struct Noon;
    ///
    /// impl Clock for Noon {
    ///     fn now(&self) -> u64 {
    ///         12
    ///     }
    /// }
    ///
    /// let clock: Port<dyn Clock> = Port::new(Noon);
    /// assert_eq!(clock.now(), 12);
    /// ```
    #[must_use]
    pub fn new<T>(implementation: T) -> Self
    where
        P: ImplementedBy<T>,
    {
        Self(P::port(Box::new(implementation)))
    }

    /// Returns the implementation.
    #[must_use]
    pub fn into_inner(self) -> Box<P> {
        self.0
    }
}

impl<P: ?Sized> From<Box<P>> for Port<P> {
    fn from(implementation: Box<P>) -> Self {
        Self(implementation)
    }
}

impl<P: ?Sized> Deref for Port<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

impl<P: ?Sized> DerefMut for Port<P> {
    fn deref_mut(&mut self) -> &mut P {
        &mut self.0
    }
}

impl<P: ?Sized> fmt::Debug for Port<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Port").finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<P: ?Sized + Layered> Layered for Port<P> {
    type Layer = P::Layer;
}

/// Port that container `C` binds for requests: it has a field [`PerRequest`] of the port.
#[diagnostic::on_unimplemented(
    message = "`{C}` does not bind `{Self}`",
    label = "`{C}` has nothing behind `{Self}`",
    note = "[inject/missing] bind the port in a field of `{C}`, as in `#[bind(SqlUsers)] users: PerRequest<dyn Users>`, where `SqlUsers` is request-scoped"
)]
pub trait BoundIn<C>: Sized {
    /// Runs the provider behind the port, unless the port is overridden.
    fn provide(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<Self>> + Send;
}

/// Implementation of a port that requests can have, as a pair with the proof.
///
/// If the proof failed, the type of the pair is erroneous, and rustc does not report it again.
pub trait BehindPort<C> {
    /// The implementation.
    type Implementation;

    /// Runs its provider.
    fn provide(
        context: &mut RequestContext<'_, C>,
    ) -> impl Future<Output = Provision<Self::Implementation>> + Send;
}

impl<C: SharedContainer, T: Provider<C>> BehindPort<C> for (T, Proven<true>) {
    type Implementation = T;

    #[inline]
    fn provide(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<T>> + Send {
        T::provide::<T::Strategy>(context)
    }
}

/// Provides a port by the implementation `B`, unless it is overridden.
///
/// # Errors
///
/// Returns the rejection.
pub async fn provide_port<B: BehindPort<C>, C, P: ?Sized + 'static>(
    context: &mut RequestContext<'_, C>,
    bind: fn(Box<B::Implementation>) -> Box<P>,
) -> Provision<Port<P>> {
    if let Some(port) = overridden(context)? {
        return Ok(port);
    }
    Ok(Port(bind(Box::new(B::provide(context).await?))))
}

impl<C: SharedContainer, P: ?Sized> Native<C> for Port<P>
where
    Self: BoundIn<C>,
{
    #[inline]
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<Self>> + Send {
        Self::provide(context)
    }
}

impl<S, P> FromRequestParts<S> for Port<P>
where
    S: HasContainer,
    Self: BoundIn<S::Container>,
    P: ?Sized,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut loan = Loan::of(&parts.extensions);
        let mut none = Frame::default();
        let frame = loan.as_mut().map_or(&mut none, Loan::frame);
        let context = &mut RequestContext { parts, container: state.container(), frame };
        Ok(Self::provide(context).await?)
    }
}

impl<P: ?Sized + 'static> Describable for Port<P> {
    const KIND: ParameterKind = ParameterKind::Port(PortParameter::of::<P>());
    const ORIGIN: Origin = Origin::Runtime { is_sync: false };
}

/// Field of a container that puts a request-scoped component behind a port: see [`Port`].
///
/// The field has no value, and nothing is built when the container starts: `#[bind(SqlUsers)]` names the component, or
/// another output of a provider, and each request makes its own. The container is asked for it as `Port<dyn Users>`.
///
/// ```
/// use inject_runtime::{PerRequest, Port, Routes, container, get, routes, service};
///
/// #[service(scope = request)]
/// pub trait Greeting: Send {
///     fn text(&self) -> String;
/// }
///
/// #[service(scope = request)]
/// pub struct English {}
///
/// impl Greeting for English {
///     fn text(&self) -> String {
///         "Hello".into()
///     }
/// }
///
/// #[get("/", public)]
/// pub async fn greet(greeting: Port<dyn Greeting>) -> String {
///     greeting.text()
/// }
///
/// #[container]
/// pub struct App {
///     #[bind(English)]
///     greeting: PerRequest<dyn Greeting>,
/// }
///
/// fn all() -> Routes<App> {
///     routes![greet]
/// }
/// ```
pub struct PerRequest<P: ?Sized>(PhantomData<fn() -> Box<P>>);

impl<P: ?Sized> PerRequest<P> {
    /// The value of the field.
    #[doc(hidden)]
    pub const BINDING: Self = Self(PhantomData);
}

impl<P: ?Sized> Clone for PerRequest<P> {
    fn clone(&self) -> Self {
        Self::BINDING
    }
}

impl<P: ?Sized> fmt::Debug for PerRequest<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PerRequest")
    }
}

// It has no value that a layer could use. The message is that of `TakenFrom`.
#[diagnostic::do_not_recommend]
impl<P: ?Sized> Layered for PerRequest<P> {
    type Layer = Common;
}

/// Component or output of a provider that field `K` of container `C` puts behind the port `F`. `P` is the proof that
/// requests can have it.
pub trait BoundPerRequest<C: Container, K, F: ?Sized, P, const RULE: u8> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, F, P, T, const RULE: u8> BoundPerRequest<C, K, F, P, RULE> for T
where
    C: Field<K>,
    F: ?Sized + PortOf<T, RULE> + 'static,
    T: Provided,
{
    const SPEC: FieldSpec<C> = FieldSpec::per_request::<K>(PortBinding::of::<F>(|| T::NODE));
}

/// List of values that requests to an application with container `C` can have: a tuple.
pub trait RequestList<C>: Sized {
    /// The proof: it is never called.
    fn prove(self) {}
}

macro_rules! lists {
    // One implementation for each prefix of the list, the empty one included.
    (@each [$($T:ident)*]) => {
        impl<C: SharedContainer, $($T: Provider<C>),*> RequestList<C> for ($(PhantomData<$T>,)*) {}
    };
    (@each [$($done:ident)*] $next:ident $($rest:ident)*) => {
        lists!(@each [$($done)*]);
        lists!(@each [$($done)* $next] $($rest)*);
    };
}

lists!(@each []
    T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15 T16 T17 T18 T19 T20 T21 T22 T23 T24 T25 T26 T27 T28 T29
    T30 T31 T32
);

/// Bound that no port satisfies. Its message is the error for a [`PerRequest`] that is taken as a dependency.
#[diagnostic::on_unimplemented(
    message = "`PerRequest<{Self}>` binds a port and is not a dependency: take `Port<{Self}>`",
    label = "this asks `{C}` for the binding",
    note = "[inject/port] an endpoint, a provider or a request-scoped component takes `Port<{Self}>`: each request has its own"
)]
pub trait TakenFrom<C> {
    /// Never called.
    fn never<T>() -> T;
}

impl<C: Send + Sync, P: ?Sized + TakenFrom<C>> Native<C> for PerRequest<P> {
    async fn extract(_: &mut RequestContext<'_, C>) -> Provision<Self> {
        P::never()
    }
}

impl<P: ?Sized + 'static> Describable for PerRequest<P> {
    const KIND: ParameterKind = ParameterKind::Plain;
    const ORIGIN: Origin = Origin::Runtime { is_sync: false };
}
