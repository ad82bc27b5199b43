//! Handles and levels in `#[transaction(..)]`.

use std::any::{TypeId, type_name};

use sqlx::Database;

use super::{IsolatedTx, Isolation, ReadTx, Tx, UnitOfWork};
use crate::{
    container::Proven,
    metadata::{LevelOf, TransactionHandle, TransactionLevel, handle::Sealed},
};

macro_rules! handles {
    ($($ty:ident<DB $(, $level:ident)?>;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<DB: Database $(, $level)?, P> Sealed for $ty<DB $(, $level)?, P> {}

        #[diagnostic::do_not_recommend]
        impl<DB: Database $(, $level)?, P: 'static> TransactionHandle for $ty<DB $(, $level)?, P> {
            type Database = DB;
            const UNIT: fn() -> TypeId = TypeId::of::<Tx<DB, P>>;
        }
    )*};
}

handles! {
    Tx<DB>;
    ReadTx<DB>;
    IsolatedTx<DB, L>;
    UnitOfWork<DB>;
}

impl<H, DB, L> LevelOf<H, Proven<true>> for L
where
    H: TransactionHandle<Database = DB>,
    DB: Database,
    L: Isolation<DB>,
{
    const LEVEL: TransactionLevel = TransactionLevel {
        unit: H::UNIT,
        unit_name: type_name::<H>,
        statement: L::BEGIN,
        name: type_name::<L>,
    };
}
