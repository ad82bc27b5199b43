//! Extractors for the unit of work of a request: one transaction for each pool type, shared by all
//! dependents.

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};
use sqlx::{Database, Executor, Pool};

use super::{IsolatedTx, Isolation, ReadTx, Tx};
use crate::{
    boxed::BoxFuture,
    container::HasContainer,
    injectable::Injectable,
    layer::Infrastructure,
    location::Location,
    metadata::{
        Describable, GuardExtractor, ParameterKind, ParameterSpec, ProviderKind, ProviderNode,
        ProviderOutput, TypeDescription, UsableFrom,
    },
    scope::{Outcome, Scope, Tasks, Teardown, cache, cached, outside_of_scope},
};

/// Future of the end of a transaction.
type Closed = BoxFuture<'static, Result<(), crate::BoxError>>;

impl<S, DB> FromRequestParts<S> for Tx<DB>
where
    S: HasContainer,
    DB: Database,
    Pool<DB>: Injectable<S::Container>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Rejection = Response;

    /// Takes no connection: the first use does.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let new = || Self::new(Pool::inject(&**state.container()));
        shared(parts, new, |tx, outcome, tasks| Box::pin(close(tx, outcome, tasks)))
    }
}

impl<S, DB, L> FromRequestParts<S> for IsolatedTx<DB, L>
where
    S: HasContainer,
    DB: Database,
    Pool<DB>: Injectable<S::Container>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    L: Isolation<DB> + Send + Sync,
{
    type Rejection = Response;

    /// Takes no connection: the first use does.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let new = || Self::new(Pool::inject(&**state.container()));
        shared(parts, new, |tx, outcome, tasks| Box::pin(close(tx.tx, outcome, tasks)))
    }
}

impl<S, DB> FromRequestParts<S> for ReadTx<DB>
where
    S: HasContainer,
    DB: Database,
    Pool<DB>: Injectable<S::Container>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Rejection = Response;

    /// Takes no connection: the first use does. Where the request uses a [`Tx`] as well, this is a handle
    /// on its transaction: a second transaction would take a second connection, and not see the writes of
    /// the first.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let writes = |scope: &Scope| scope.requests::<Tx<DB>>();
        if Scope::of(&parts.extensions).is_some_and(writes) {
            return Tx::from_request_parts(parts, state).await.map(|tx| Self::clone(&tx));
        }
        let new = || Self::new(Pool::inject(&**state.container()));
        shared(parts, new, |tx, outcome, _| {
            Box::pin(async move { tx.teardown(outcome).await.map_err(Into::into) })
        })
    }
}

/// Returns the handle that the request already has, or a new one, which the scope closes.
fn shared<T: Clone + Send + Sync + 'static>(
    parts: &mut Parts,
    new: impl FnOnce() -> T,
    close: fn(T, Outcome, Tasks) -> Closed,
) -> Result<T, Response> {
    let Some(scope) = Scope::of(&parts.extensions).cloned() else {
        return Err(outside_of_scope::<T>());
    };
    if let Some(found) = cached(parts)? {
        return Ok(found);
    }
    let tx = new();
    let (resource, tasks) = (tx.clone(), scope.tasks());
    scope.open_with::<T>(false, move |outcome| close(resource, outcome, tasks));
    cache(parts, &tx);
    Ok(tx)
}

/// Ends the transaction. The futures that wait for the commit run on a task that shutdown waits for.
async fn close<DB: Database>(tx: Tx<DB>, outcome: Outcome, tasks: Tasks) -> Result<(), crate::BoxError> {
    let on_commit = tx.end(outcome).await?;
    if !on_commit.is_empty() {
        tasks.spawn("on_commit", on_commit.run());
    }
    Ok(())
}

macro_rules! known {
    ($($ty:ident<DB $(, $level:ident)?>;)*) => {$(
        impl<DB: Database $(, $level: 'static)?> $ty<DB $(, $level)?> {
            const NODE: &'static ProviderNode = &ProviderNode {
                name: stringify!($ty),
                output: ProviderOutput::of::<Self>(),
                kind: ProviderKind::Resource,
                parameters: &[ParameterSpec {
                    name: "pool",
                    ty: "Pool",
                    kind: ParameterKind::Injected(
                        <Pool<DB> as UsableFrom<Infrastructure>>::INJECTED.named("Pool"),
                    ),
                    ..ParameterSpec::EMPTY
                }],
                location: Location::EMPTY,
                rejection: TypeDescription::NOTHING,
            };
        }

        impl<DB: Database $(, $level: 'static)?> GuardExtractor for $ty<DB $(, $level)?> {}

        impl<DB: Database $(, $level: 'static)?> Describable for $ty<DB $(, $level)?> {
            const KIND: ParameterKind = ParameterKind::Provider(|| Self::NODE);
        }
    )*};
}

known! {
    Tx<DB>;
    ReadTx<DB>;
    IsolatedTx<DB, L>;
}
