//! Extractors for the unit of work of a request: one transaction for each pool type, shared by all
//! dependents.

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};
use sqlx::{Database, Executor, Pool};

use super::{IsolatedTx, Isolation, ReadTx, Tx};
use crate::{
    container::{HasContainer, SharedContainer},
    extract::{NativeNow, extract_native},
    frame::{Outcome, Provision, RequestContext, Tasks, Teardown, outside_of_scope},
    injectable::Injectable,
    layer::Infrastructure,
    location::Location,
    metadata::{
        Describable, GuardExtractor, Origin, ParameterKind, ParameterSpec, ProviderKind, ProviderNode,
        ProviderOutput, TypeDescription, UsableFrom,
    },
    scope::{Lookup, Seed, cached, sealed},
};

macro_rules! handles {
    ($($(#[$doc:meta])* $ty:ident<DB $(, $level:ident)?> |$context:ident| $value:expr;)*) => {$(
        impl<S, DB, $($level)?> FromRequestParts<S> for $ty<DB $(, $level)?>
        where
            S: HasContainer,
            DB: Database,
            Pool<DB>: Injectable<S::Container>,
            for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
            $($level: Isolation<DB> + Send + Sync,)?
        {
            type Rejection = Response;

            $(#[$doc])*
            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
                Ok(extract_native(parts, state.container())?)
            }
        }

        impl<C, DB, $($level)?> NativeNow<C> for $ty<DB $(, $level)?>
        where
            C: SharedContainer,
            DB: Database,
            Pool<DB>: Injectable<C>,
            for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
            $($level: Isolation<DB> + Send + Sync,)?
        {
            fn extract_now($context: &mut RequestContext<'_, C>) -> Provision<Self> {
                $value
            }
        }
    )*};
}

handles! {
    /// Takes no connection: the first use does.
    Tx<DB> |context| {
        shared(context, Self::new, Self::clone)
    };
    /// Takes no connection: the first use does.
    IsolatedTx<DB, L> |context| {
        shared(context, Self::new, |tx| tx.tx.clone())
    };
    /// Takes no connection: the first use does. Where the request uses a [`Tx`] as well, this is a handle
    /// on its transaction: a second transaction would take a second connection, and not see the writes of
    /// the first.
    ReadTx<DB> |context| {
        if context.frame.requests::<Tx<DB>>() {
            return Tx::extract_now(context).map(|tx| Self::clone(&tx));
        }
        let tx = new_or_shared(context, Self::new)?;
        if let Created::New(tx) = &tx {
            context.frame.open(tx.clone(), false);
        }
        Ok(tx.into_inner())
    };
}

/// Handle that the request has, or a new one.
enum Created<T> {
    Shared(T),
    New(T),
}

impl<T> Created<T> {
    fn into_inner(self) -> T {
        match self {
            Self::Shared(value) | Self::New(value) => value,
        }
    }
}

/// Returns the handle that the request already has, or a new one, which the scope closes.
fn shared<C, DB, T>(
    context: &mut RequestContext<'_, C>,
    new: impl FnOnce(Pool<DB>) -> T,
    tx: impl FnOnce(&T) -> Tx<DB>,
) -> Provision<T>
where
    C: SharedContainer,
    DB: Database,
    Pool<DB>: Injectable<C>,
    T: Clone + Send + Sync + 'static,
{
    let handle = new_or_shared(context, new)?;
    if let (Created::New(new), Some(tasks)) = (&handle, context.frame.tasks().cloned()) {
        context.frame.open_as::<T, _>(UnitOfRequest { tx: tx(new), tasks }, false);
    }
    Ok(handle.into_inner())
}

fn new_or_shared<C, DB, T>(
    context: &mut RequestContext<'_, C>,
    new: impl FnOnce(Pool<DB>) -> T,
) -> Provision<Created<T>>
where
    C: SharedContainer,
    DB: Database,
    Pool<DB>: Injectable<C>,
    T: Clone + Send + Sync + 'static,
{
    if !context.frame.is_scope() {
        return Err(outside_of_scope::<T>());
    }
    let slot = match cached(context)? {
        Lookup::Hit(found) => return Ok(Created::Shared(found)),
        Lookup::Miss(slot) => slot,
    };
    let handle = new(Pool::inject(&**context.container));
    context.frame.keep(slot, &handle);
    Ok(Created::New(handle))
}

/// Scopes without a request run in the transaction that is passed, and do not end it.
#[diagnostic::do_not_recommend]
impl<DB: Database> Seed for Tx<DB> {}

#[diagnostic::do_not_recommend]
impl<DB: Database> sealed::Sealed for Tx<DB> {}

/// Transaction that ends with its request. The futures that wait for the commit run on a task that shutdown waits for.
struct UnitOfRequest<DB: Database> {
    tx: Tx<DB>,
    tasks: Tasks,
}

impl<DB: Database> Teardown for UnitOfRequest<DB> {
    type Error = sqlx::Error;

    async fn teardown(self, outcome: Outcome) -> sqlx::Result<()> {
        let on_commit = self.tx.end(outcome).await?;
        if !on_commit.is_empty() {
            self.tasks.spawn("on_commit", on_commit.run());
        }
        Ok(())
    }
}

macro_rules! known {
    ($($ty:ident<DB $(, $level:ident)?> $(joining $joined:ident)?;)*) => {$(
        impl<DB: Database $(, $level: 'static)?> $ty<DB $(, $level)?> {
            const NODE: &'static ProviderNode = &ProviderNode {
                name: stringify!($ty),
                output: ProviderOutput::of::<Self>()$(.joining::<$joined<DB>>())?,
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
            const ORIGIN: Origin = Origin::Runtime { is_sync: true };
        }
    )*};
}

known! {
    Tx<DB>;
    ReadTx<DB> joining Tx;
    IsolatedTx<DB, L>;
}
