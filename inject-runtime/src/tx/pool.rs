//! Pools of units of work: the one of the container, one under a qualifier, one that a provider returns.

use sqlx::{Database, Pool};

use crate::{
    container::SharedContainer,
    frame::{Provision, RequestContext},
    injectable::Injectable,
    layer::Infrastructure,
    metadata::{Describable, ParameterKind, ParameterSpec, UsableFrom},
    qualifier::Qualified,
    scope::{Provided, Provider, ProviderNow},
};

/// Value with the pool of a unit of work: the parameter `P` of [`Tx<DB, P>`](super::Tx) and of the other handles.
///
/// * `Pool<DB>`, the default, is the pool that the container provides.
/// * `Qualified<Pool<DB>, Replica>` is the pool in the container's field under `#[qualifier(Replica)]`.
/// * A type of the application that implements this trait is the output of a provider, sync or async. It chooses the pool for
///   the request: that of a tenant, of a shard.
///
/// A request has one transaction for each `P`. An application names what it uses in a type alias, and a repository for several
/// pools is generic: `struct Books<P> { tx: Tx<Postgres, P> }`.
///
/// ```
/// use inject_runtime::{
///     Inject, Problem, Routes, common, container, get, inject, layer::Infrastructure, repository, routes, service,
///     tx::{HasPool, Tx},
/// };
/// use sqlx::{Sqlite, SqlitePool};
///
/// /// Pool of the tenant of the request.
/// #[derive(Clone)]
/// pub struct TenantPool(SqlitePool);
///
/// impl HasPool for TenantPool {
///     type Database = Sqlite;
///
///     fn pool(&self) -> &SqlitePool {
///         &self.0
///     }
/// }
///
/// #[inject(layer = Infrastructure)]
/// pub async fn tenant_pool(Inject(pool): Inject<SqlitePool>) -> Result<TenantPool, Problem> {
///     // An application reads the tenant from the request, and finds its pool in a map.
///     Ok(TenantPool(pool))
/// }
///
/// pub type Transaction = Tx<Sqlite, TenantPool>;
///
/// #[repository(scope = request)]
/// pub struct Books {
///     tx: Transaction,
/// }
///
/// impl Books {
///     async fn count(&mut self) -> sqlx::Result<i64> {
///         sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut self.tx).await
///     }
/// }
///
/// #[service(scope = request)]
/// pub struct Library {
///     books: Books,
/// }
///
/// #[get("/books", public)]
/// pub async fn count(mut library: Library) -> Result<String, Problem> {
///     Ok(library.books.count().await.unwrap_or_default().to_string())
/// }
///
/// #[container]
/// pub struct App {
///     #[input]
///     pool: SqlitePool,
/// }
///
/// pub fn all() -> Routes<App> {
///     routes![count]
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pool for transactions",
    label = "expected a pool",
    note = "a pool of the container under a qualifier is `Qualified<Pool<DB>, {Self}>`; the output of a provider implements `HasPool`"
)]
pub trait HasPool: 'static {
    /// Database of the pool.
    type Database: Database;

    /// Returns the pool.
    fn pool(&self) -> &Pool<Self::Database>;
}

impl<DB: Database> HasPool for Pool<DB> {
    type Database = DB;

    fn pool(&self) -> &Self {
        self
    }
}

impl<DB: Database, Q: 'static> HasPool for Qualified<Pool<DB>, Q> {
    type Database = DB;

    fn pool(&self) -> &Pool<DB> {
        self
    }
}

/// Value with a pool that a request has.
pub trait PoolSource: HasPool + Sized {
    /// The value as a parameter of a handle.
    const PARAMETER: ParameterSpec;

    /// Whether there is nothing to wait for.
    const IS_SYNC: bool = true;

    /// Where the value comes from: a type of its own, so that rustc reports what is missing there.
    type Origin;

    /// Returns the pool.
    fn into_pool(self) -> Pool<Self::Database>;
}

/// Origin of a pool that is a field of the container.
pub enum OfContainer {}

/// Origin of a pool that a provider returns.
pub enum OfProvider {}

/// Origin of a `P` in an application with container `C`.
pub trait Obtain<C, P> {
    /// Obtains the value.
    fn obtain(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<P>> + Send;
}

/// Origin of a `P` for which there is nothing to wait, in an application with container `C`.
pub trait ObtainNow<C, P> {
    /// Obtains the value.
    ///
    /// # Errors
    ///
    /// Returns the rejection of the provider.
    fn obtain_now(context: &mut RequestContext<'_, C>) -> Provision<P>;
}

impl<C: SharedContainer, P: Injectable<C>> Obtain<C, P> for OfContainer {
    async fn obtain(context: &mut RequestContext<'_, C>) -> Provision<P> {
        Ok(P::inject(&**context.container))
    }
}

impl<C: SharedContainer, P: Injectable<C>> ObtainNow<C, P> for OfContainer {
    #[inline]
    fn obtain_now(context: &mut RequestContext<'_, C>) -> Provision<P> {
        Ok(P::inject(&**context.container))
    }
}

impl<C: SharedContainer, P: Provider<C>> Obtain<C, P> for OfProvider {
    fn obtain(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<P>> + Send {
        P::provide::<P::Strategy>(context)
    }
}

impl<C: SharedContainer, P: ProviderNow<C>> ObtainNow<C, P> for OfProvider {
    fn obtain_now(context: &mut RequestContext<'_, C>) -> Provision<P> {
        P::provide_now::<P::Strategy>(context)
    }
}

macro_rules! of_container {
    ($([$($qualifier:ident)?] $ty:ty, $name:literal, |$value:ident| $pool:expr;)*) => {$(
        impl<DB: Database, $($qualifier: 'static)?> PoolSource for $ty {
            const PARAMETER: ParameterSpec = ParameterSpec {
                name: "pool",
                ty: $name,
                kind: ParameterKind::Injected(<Self as UsableFrom<Infrastructure>>::INJECTED.named($name)),
                ..ParameterSpec::EMPTY
            };

            type Origin = OfContainer;

            #[inline]
            fn into_pool(self) -> Pool<DB> {
                let $value = self;
                $pool
            }
        }
    )*};
}

of_container! {
    [] Pool<DB>, "Pool", |pool| pool;
    [Q] Qualified<Pool<DB>, Q>, "Qualified<Pool>", |pool| pool.into_inner();
}

// In this order: rustc reports the first bound that is not met.
impl<T: HasPool + Provided> PoolSource for T {
    const PARAMETER: ParameterSpec = ParameterSpec {
        name: "pool",
        ty: T::NODE.name,
        kind: <T as Describable>::KIND,
        origin: <T as Describable>::ORIGIN,
        demands_credentials: <T as Describable>::DEMANDS_CREDENTIALS,
        ..ParameterSpec::EMPTY
    };
    const IS_SYNC: bool = T::IS_SYNC;

    type Origin = OfProvider;

    fn into_pool(self) -> Pool<T::Database> {
        self.pool().clone()
    }
}
