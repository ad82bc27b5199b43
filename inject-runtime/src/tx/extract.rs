//! Extractors for the unit of work of a request: one transaction for each pool type, shared by all
//! dependents.

use std::{any::TypeId, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::Response,
};
use sqlx::{Database, Executor};

use super::{
    ErrorKind, IsolatedTx, Isolation, Mode, ReadTx, RolledBack, Tx, UnitOfWork,
    held::Begin,
    metadata::handle_name,
    pool::{Obtain, ObtainNow, PoolSource},
};
use crate::{
    container::{HasContainer, SharedContainer},
    endpoint_label::{self, Fields},
    extract::{Native, NativeNow},
    frame::{
        Committed, EndUnit, Frame, Loan, Outcome, Provision, Rejection, RequestContext, SlotIndex, Tasks,
        UnitPlan, outside_of_scope,
    },
    metadata::TransactionLevel,
    problem::Problem,
    scope::{Lookup, Seed, cached, overridden, sealed},
};

/// Handle on the unit of work of a request.
trait UnitHandleOf<DB: Database, P>: Sized + 'static {
    /// Returns the handle that overrides this one, in tests. That of a `Tx` is looked up with the unit of work.
    fn overriding<C>(context: &RequestContext<'_, C>) -> Provision<Option<Self>> {
        overridden(context)
    }

    /// Returns a handle on the unit of work.
    fn on<C>(tx: Tx<DB, P>, context: &RequestContext<'_, C>) -> Provision<Self>;
}

impl<DB, P: 'static> UnitHandleOf<DB, P> for Tx<DB, P>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    fn overriding<C>(_: &RequestContext<'_, C>) -> Provision<Option<Self>> {
        Ok(None)
    }

    fn on<C>(tx: Self, context: &RequestContext<'_, C>) -> Provision<Self> {
        tx.to_write(expects_writes(context)).map_err(refuse::<DB, P, Self>)?;
        Ok(tx)
    }
}

impl<DB: Database, P: 'static> UnitHandleOf<DB, P> for ReadTx<DB, P> {
    fn on<C>(tx: Tx<DB, P>, _: &RequestContext<'_, C>) -> Provision<Self> {
        Ok(tx.0)
    }
}

impl<DB, L: Isolation<DB>, P: 'static> UnitHandleOf<DB, P> for IsolatedTx<DB, L, P>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    fn on<C>(tx: Tx<DB, P>, _: &RequestContext<'_, C>) -> Provision<Self> {
        tx.at_level(L::BEGIN).map_err(refuse::<DB, P, Self>)?;
        Ok(Self::of(tx))
    }
}

impl<DB, P: 'static> UnitHandleOf<DB, P> for UnitOfWork<DB, P>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    fn overriding<C>(_: &RequestContext<'_, C>) -> Provision<Option<Self>> {
        Ok(None)
    }

    fn on<C>(tx: Tx<DB, P>, context: &RequestContext<'_, C>) -> Provision<Self> {
        Tx::on(tx, context).map(Self::from)
    }
}

macro_rules! handles {
    ($($(#[$doc:meta])* $ty:ident<DB $(, $level:ident)?>;)*) => {$(
        impl<S, DB, P, $($level)?> FromRequestParts<S> for $ty<DB, $($level,)? P>
        where
            S: HasContainer,
            DB: Database,
            P: PoolSource<Database = DB, Origin: Obtain<S::Container, P>>,
            for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
            $($level: Isolation<DB> + Send + Sync,)?
        {
            type Rejection = Response;

            $(#[$doc])*
            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
                let mut loan = Loan::of(&parts.extensions);
                let mut none = Frame::default();
                let frame = loan.as_mut().map_or(&mut none, Loan::frame);
                let context = &mut RequestContext { parts, container: state.container(), frame };
                Ok(<Self as Native<S::Container>>::extract(context).await?)
            }
        }

        impl<C, DB, P, $($level)?> Native<C> for $ty<DB, $($level,)? P>
        where
            C: SharedContainer,
            DB: Database,
            P: PoolSource<Database = DB, Origin: Obtain<C, P>>,
            for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
            $($level: Isolation<DB> + Send + Sync,)?
        {
            async fn extract(context: &mut RequestContext<'_, C>) -> Provision<Self> {
                if let Some(handle) = Self::overriding(context)? {
                    return Ok(handle);
                }
                let tx = match existing(context)? {
                    Existing::Unit(tx) => tx,
                    Existing::None(slot, tasks) => open(P::Origin::obtain(context).await?, slot, tasks, context),
                };
                Self::on(tx, context)
            }
        }

        impl<C, DB, P, $($level)?> NativeNow<C> for $ty<DB, $($level,)? P>
        where
            C: SharedContainer,
            DB: Database,
            P: PoolSource<Database = DB, Origin: ObtainNow<C, P>>,
            for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
            $($level: Isolation<DB> + Send + Sync,)?
        {
            fn extract_now(context: &mut RequestContext<'_, C>) -> Provision<Self> {
                if let Some(handle) = Self::overriding(context)? {
                    return Ok(handle);
                }
                let tx = match existing(context)? {
                    Existing::Unit(tx) => tx,
                    Existing::None(slot, tasks) => open(P::Origin::obtain_now(context)?, slot, tasks, context),
                };
                Self::on(tx, context)
            }
        }
    )*};
}

handles! {
    /// Takes no connection: the first use does.
    Tx<DB>;
    /// Takes no connection: the first use does. The transaction of the request is at the level of this handle, whatever
    /// handles use it.
    IsolatedTx<DB, L>;
    /// Takes no connection: the first use does. Where the request uses a [`Tx`] as well, this is a handle
    /// on its transaction: a second transaction would take a second connection, and not see the writes of
    /// the first.
    ReadTx<DB>;
    /// Returns a handle on the [`Tx`] of the request.
    UnitOfWork<DB>;
}

/// Unit of work that the request has on the pool.
enum Existing<DB: Database, P> {
    Unit(Tx<DB, P>),
    /// A new one belongs into this slot.
    None(SlotIndex, Tasks),
}

/// Returns the unit of work that the request has on the pool, or one in the transaction of a test.
fn existing<C, DB, P: 'static>(context: &mut RequestContext<'_, C>) -> Provision<Existing<DB, P>>
where
    C: SharedContainer,
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let Some(tasks) = context.frame.tasks().cloned() else {
        return Err(outside_of_scope::<Tx<DB, P>>());
    };
    let slot = match cached(context)? {
        Lookup::Hit(found) => {
            if let Some(level) = context.frame.level_in_scope::<Tx<DB, P>>() {
                Tx::at_level(&found, level.statement).map_err(refuse::<DB, P, Tx<DB, P>>)?;
            }
            return Ok(Existing::Unit(found));
        }
        Lookup::Miss(slot) => slot,
    };
    Ok(match overridden::<RolledBack<DB, P>, C>(context)? {
        Some(test) => Existing::Unit(keep(test.unit(mode::<C, DB, P>(context)), slot, tasks, context)),
        None => Existing::None(slot, tasks),
    })
}

/// Creates the unit of work of the request on the pool.
fn open<C, DB, P>(pool: P, slot: SlotIndex, tasks: Tasks, context: &mut RequestContext<'_, C>) -> Tx<DB, P>
where
    C: SharedContainer,
    DB: Database,
    P: PoolSource<Database = DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    keep(Tx::with(pool.into_pool(), mode::<C, DB, P>(context)), slot, tasks, context)
}

/// Returns how the unit of work begins and ends. The plan of the endpoint says what its handles require, in whatever order they
/// are extracted; then come the scope around the endpoint and the default of the container.
fn mode<C, DB, P: 'static>(context: &RequestContext<'_, C>) -> Mode<DB>
where
    C: SharedContainer,
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let UnitPlan { statement, can_write } = context.frame.unit::<Tx<DB, P>>();
    let statement =
        statement.or_else(|| context.frame.level_in_scope::<Tx<DB, P>>().map(|level| level.statement));
    let preset = TransactionLevel::of(C::TRANSACTIONS, TypeId::of::<Tx<DB, P>>());
    match (statement, preset) {
        (Some(statement), _) => Mode::at_level(statement, can_write),
        (None, Some(level)) => Mode { is_preset: true, ..Mode::at_level(level.statement, can_write) },
        (None, None) if can_write => Mode::writing(begin(expects_writes(context))),
        (None, None) => Mode::reading(),
    }
}

/// Keeps the unit of work for all dependents, and lets the scope end it.
fn keep<C, DB: Database, P: 'static>(
    tx: Tx<DB, P>,
    slot: SlotIndex,
    tasks: Tasks,
    context: &mut RequestContext<'_, C>,
) -> Tx<DB, P> {
    context.frame.keep(slot, &tx);
    context.frame.open_unit::<Tx<DB, P>, _>(UnitOfRequest { tx: tx.clone(), tasks });
    tx
}

/// Returns whether the request is expected to write, as its endpoint or its method says: one with a safe method (RFC 9110,
/// section 9.2.1) is not.
fn expects_writes<C>(context: &RequestContext<'_, C>) -> bool {
    context.frame.expects_writes().unwrap_or(!context.parts.method.is_safe())
}

/// Returns how a transaction begins that may write.
const fn begin(expects_writes: bool) -> Begin {
    if expects_writes { Begin::ToWrite } else { Begin::Default }
}

/// Error of a handle that requires more than the transaction of the request has, which has begun.
struct BegunOtherwise;

/// Logs the error of the handle `T`, and returns the rejection.
#[cold]
fn refuse<DB: Database, P, T>(BegunOtherwise: BegunOtherwise) -> Rejection {
    endpoint_label::log(|Fields { method, route, endpoint, .. }| {
        tracing::error!(
            method,
            route,
            endpoint,
            "`{}` is asked for when the transaction of the request has begun, and not in the way that it requires: make it a parameter of the endpoint, of a provider, or of a request-scoped component, so that it is known before",
            handle_name::<DB, P, T>(),
        );
    });
    Rejection::from(Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
}

impl<DB: Database, P> Tx<DB, P>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// Lets a transaction that was only to read write as well, if it can.
    fn to_write(&self, expects_writes: bool) -> Result<(), BegunOtherwise> {
        let mut mode = self.transaction().mode();
        if mode.commits {
            return Ok(());
        }
        let Mode { has_begun, is_preset, .. } = *mode;
        let begin = match (has_begun, mode.begin) {
            (false, Begin::LevelToRead(statement)) => Begin::Level(statement),
            (false, _) => begin(expects_writes),
            // It is not read-only for the database.
            (true, Begin::Default) => Begin::Default,
            (true, Begin::LevelToRead(statement)) if DB::NAME != "PostgreSQL" => Begin::Level(statement),
            (true, _) => return Err(BegunOtherwise),
        };
        *mode = Mode { has_begun, is_preset, ..Mode::writing(begin) };
        Ok(())
    }

    /// Lets a transaction begin at a level.
    fn at_level(&self, statement: &'static str) -> Result<(), BegunOtherwise> {
        let mut mode = self.transaction().mode();
        match mode.begin {
            Begin::Level(level) if level == statement => {
                mode.is_preset = false;
                Ok(())
            }
            Begin::ToWrite if mode.has_begun && statement == "BEGIN IMMEDIATE" && DB::NAME == "SQLite" => {
                Ok(())
            }
            Begin::Level(_) if !mode.is_preset => Err(BegunOtherwise),
            Begin::LevelToRead(level) if !mode.is_preset && level != statement => Err(BegunOtherwise),
            _ if mode.has_begun => Err(BegunOtherwise),
            _ => {
                *mode = Mode::writing(Begin::Level(statement));
                Ok(())
            }
        }
    }
}

/// Scopes without a request run in the transaction that is passed, and do not end it.
#[diagnostic::do_not_recommend]
impl<DB: Database, P: 'static> Seed for Tx<DB, P> {}

#[diagnostic::do_not_recommend]
impl<DB: Database, P: 'static> sealed::Sealed for Tx<DB, P> {}

/// Transaction that ends with its request. The futures that wait for the commit run on a task that shutdown waits for.
struct UnitOfRequest<DB: Database, P> {
    tx: Tx<DB, P>,
    tasks: Tasks,
}

impl<DB: Database, P: 'static> EndUnit for UnitOfRequest<DB, P> {
    async fn end(self, outcome: Outcome) -> sqlx::Result<Committed> {
        let transaction = Arc::clone(self.tx.transaction());
        let on_commit = self.tx.end(outcome).await?;
        if !on_commit.is_empty() {
            self.tasks.spawn("on_commit", on_commit.run());
        }
        // Also by its handles, before the end of the request.
        Ok(Committed(transaction.has_committed()))
    }

    fn problem(error: &sqlx::Error) -> Option<Problem> {
        ErrorKind::of(error).problem()
    }
}
