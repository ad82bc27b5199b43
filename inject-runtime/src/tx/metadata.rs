//! Metadata of the handles: parameters of which the graph, the document and the plan of an endpoint know.

use std::any::{TypeId, type_name};

use sqlx::{Database, Pool};

use super::{IsolatedTx, Isolation, ReadTx, Tx, UnitOfWork, pool::PoolSource};
use crate::{
    extract::HasOrigin,
    location::Location,
    metadata::{
        ComponentOrigin, Describable, EndsWithHead, GuardExtractor, Origin, ParameterKind, ParameterSpec,
        ProviderKind, ProviderNode, ProviderOutput, TypeDescription, UnitHandle, UnitLevel,
    },
};

/// Returns the name of the handle `T`, without the pool if it is that of the container.
pub(super) fn handle_name<DB: Database, P, T>() -> String {
    let (name, pool) = (type_name::<T>(), type_name::<Pool<DB>>());
    match name.strip_suffix('>').and_then(|name| name.strip_suffix(pool)?.strip_suffix(", ")) {
        Some(name) if type_name::<P>() == pool => format!("{name}>"),
        _ => name.to_owned(),
    }
}

macro_rules! level {
    () => {
        None
    };
    ($level:ident) => {
        Some(UnitLevel { statement: $level::BEGIN, handle: handle_name::<DB, P, Self> })
    };
}

macro_rules! known {
    ($($ty:ident<DB $(, $level:ident)?> can_write: $can_write:literal;)*) => {$(
        impl<DB: Database, P: PoolSource<Database = DB> $(, $level: Isolation<DB>)?> $ty<DB, $($level,)? P> {
            const NODE: &'static ProviderNode = &ProviderNode {
                name: stringify!($ty),
                output: ProviderOutput::of::<Self>().of_unit(UnitHandle {
                    id: TypeId::of::<Tx<DB, P>>,
                    level: level!($($level)?),
                    can_write: $can_write,
                }),
                kind: ProviderKind::Resource,
                parameters: &[P::PARAMETER],
                location: Location::EMPTY,
                rejection: TypeDescription::NOTHING,
            };
        }

        impl<DB: Database, P $(, $level)?> HasOrigin for $ty<DB, $($level,)? P> {
            const COMPONENT: ComponentOrigin = ComponentOrigin::Runtime;
        }

        impl<DB: Database, P: PoolSource<Database = DB> $(, $level: Isolation<DB>)?> GuardExtractor
            for $ty<DB, $($level,)? P>
        {
        }

        impl<DB: Database, P: PoolSource<Database = DB> $(, $level: Isolation<DB>)?> Describable
            for $ty<DB, $($level,)? P>
        {
            const KIND: ParameterKind = ParameterKind::Provider(|| Self::NODE);
            const ORIGIN: Origin = Origin::Runtime { is_sync: P::IS_SYNC };
            const ENDS_WITH_HEAD: Option<EndsWithHead> =
                Some(EndsWithHead { name: stringify!($ty), location: Location::EMPTY });
            const DEMANDS_CREDENTIALS: bool = P::PARAMETER.demands_credentials;
        }
    )*};
}

known! {
    Tx<DB> can_write: true;
    ReadTx<DB> can_write: false;
    IsolatedTx<DB, L> can_write: true;
}

impl<DB: Database, P: PoolSource<Database = DB>> UnitOfWork<DB, P> {
    const NODE: &'static ProviderNode = &ProviderNode {
        name: "UnitOfWork",
        output: ProviderOutput::of::<Self>(),
        kind: ProviderKind::Uncached,
        parameters: &[ParameterSpec {
            name: "tx",
            ty: "Tx",
            kind: Tx::<DB, P>::KIND,
            origin: Tx::<DB, P>::ORIGIN,
            demands_credentials: P::PARAMETER.demands_credentials,
            ..ParameterSpec::EMPTY
        }],
        location: Location::EMPTY,
        rejection: TypeDescription::NOTHING,
    };
}

impl<DB: Database, P> HasOrigin for UnitOfWork<DB, P> {
    const COMPONENT: ComponentOrigin = ComponentOrigin::Runtime;
}

impl<DB: Database, P: PoolSource<Database = DB>> Describable for UnitOfWork<DB, P> {
    const KIND: ParameterKind = ParameterKind::Provider(|| Self::NODE);
    const ORIGIN: Origin = Origin::Runtime { is_sync: P::IS_SYNC };
    const ENDS_WITH_HEAD: Option<EndsWithHead> = Tx::<DB, P>::ENDS_WITH_HEAD;
    const DEMANDS_CREDENTIALS: bool = P::PARAMETER.demands_credentials;
}
