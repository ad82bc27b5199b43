//! Extractors for the unit of work of a request: one transaction for each pool type, shared by all
//! dependents.

use std::{
    any::{TypeId, type_name},
    sync::Arc,
};

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::Response,
};
use sqlx::{Database, Executor, Pool};

use super::{ErrorKind, IsolatedTx, Isolation, Mode, ReadTx, Tx, held::Begin};
use crate::{
    container::{HasContainer, SharedContainer},
    endpoint_label::{self, Fields},
    extract::{NativeNow, extract_native},
    frame::{
        Committed, EndUnit, Outcome, Provision, Rejection, RequestContext, Tasks, UnitPlan, outside_of_scope,
    },
    injectable::Injectable,
    layer::Infrastructure,
    location::Location,
    metadata::{
        Describable, EndsWithHead, GuardExtractor, Origin, ParameterKind, ParameterSpec, ProviderKind,
        ProviderNode, ProviderOutput, TransactionLevel, TypeDescription, UnitHandle, UnitLevel, UsableFrom,
    },
    problem::Problem,
    scope::{Lookup, Seed, cached, overridden, sealed},
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
        let tx = unit(context)?;
        tx.to_write(expects_writes(context)).map_err(refuse::<Self>)?;
        Ok(tx)
    };
    /// Takes no connection: the first use does. The transaction of the request is at the level of this handle, whatever
    /// handles use it.
    IsolatedTx<DB, L> |context| {
        if let Some(tx) = overridden(context)? {
            return Ok(tx);
        }
        let tx: Tx<DB> = unit(context)?;
        tx.at_level(L::BEGIN).map_err(refuse::<Self>)?;
        Ok(Self::of(tx))
    };
    /// Takes no connection: the first use does. Where the request uses a [`Tx`] as well, this is a handle
    /// on its transaction: a second transaction would take a second connection, and not see the writes of
    /// the first.
    ReadTx<DB> |context| {
        if let Some(tx) = overridden(context)? {
            return Ok(tx);
        }
        Ok(unit::<C, DB>(context)?.0.clone())
    };
}

/// Returns the unit of work that the request has on the pool, or a new one, which the scope ends.
///
/// The plan of the endpoint says what its handles require, in whatever order they are extracted.
fn unit<C, DB>(context: &mut RequestContext<'_, C>) -> Provision<Tx<DB>>
where
    C: SharedContainer,
    DB: Database,
    Pool<DB>: Injectable<C>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let Some(tasks) = context.frame.tasks().cloned() else {
        return Err(outside_of_scope::<Tx<DB>>());
    };
    let slot = match cached(context)? {
        Lookup::Hit(found) => {
            if let Some(level) = context.frame.level_in_scope::<Tx<DB>>() {
                Tx::at_level(&found, level.statement).map_err(refuse::<Tx<DB>>)?;
            }
            return Ok(found);
        }
        Lookup::Miss(slot) => slot,
    };
    let UnitPlan { statement, can_write } = context.frame.unit::<Tx<DB>>();
    let statement =
        statement.or_else(|| context.frame.level_in_scope::<Tx<DB>>().map(|level| level.statement));
    let preset = TransactionLevel::of(C::TRANSACTIONS, TypeId::of::<Tx<DB>>());
    let mode = match (statement, preset) {
        (Some(statement), _) => Mode::at_level(statement, can_write),
        (None, Some(level)) => Mode { is_preset: true, ..Mode::at_level(level.statement, can_write) },
        (None, None) if can_write => Mode::writing(begin(expects_writes(context))),
        (None, None) => Mode::reading(),
    };
    let tx = Tx::with(Pool::inject(&**context.container), mode);
    context.frame.keep(slot, &tx);
    context.frame.open_unit::<Tx<DB>, _>(UnitOfRequest { tx: tx.clone(), tasks });
    Ok(tx)
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
fn refuse<T>(BegunOtherwise: BegunOtherwise) -> Rejection {
    endpoint_label::log(|Fields { method, route, endpoint, .. }| {
        tracing::error!(
            method,
            route,
            endpoint,
            "`{}` is asked for when the transaction of the request has begun, and not in the way that it requires: make it a parameter of the endpoint, of a provider, or of a request-scoped component, so that it is known before",
            type_name::<T>(),
        );
    });
    Rejection::from(Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
}

impl<DB: Database> Tx<DB>
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
impl<DB: Database> Seed for Tx<DB> {}

#[diagnostic::do_not_recommend]
impl<DB: Database> sealed::Sealed for Tx<DB> {}

/// Transaction that ends with its request. The futures that wait for the commit run on a task that shutdown waits for.
struct UnitOfRequest<DB: Database> {
    tx: Tx<DB>,
    tasks: Tasks,
}

impl<DB: Database> EndUnit for UnitOfRequest<DB> {
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

macro_rules! level {
    () => {
        None
    };
    ($level:ident) => {
        Some(UnitLevel { statement: $level::BEGIN, handle: type_name::<Self> })
    };
}

macro_rules! known {
    ($($ty:ident<DB $(, $level:ident)?> can_write: $can_write:literal;)*) => {$(
        impl<DB: Database $(, $level: Isolation<DB>)?> $ty<DB $(, $level)?> {
            const NODE: &'static ProviderNode = &ProviderNode {
                name: stringify!($ty),
                output: ProviderOutput::of::<Self>().of_unit(UnitHandle {
                    id: TypeId::of::<Tx<DB>>,
                    level: level!($($level)?),
                    can_write: $can_write,
                }),
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

        impl<DB: Database $(, $level: Isolation<DB>)?> GuardExtractor for $ty<DB $(, $level)?> {}

        impl<DB: Database $(, $level: Isolation<DB>)?> Describable for $ty<DB $(, $level)?> {
            const KIND: ParameterKind = ParameterKind::Provider(|| Self::NODE);
            const ORIGIN: Origin = Origin::Runtime { is_sync: true };
            const ENDS_WITH_HEAD: Option<EndsWithHead> =
                Some(EndsWithHead { name: stringify!($ty), location: Location::EMPTY });
        }
    )*};
}

known! {
    Tx<DB> can_write: true;
    ReadTx<DB> can_write: false;
    IsolatedTx<DB, L> can_write: true;
}
