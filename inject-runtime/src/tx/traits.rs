//! Implementations of traits for the handles: teardown, dereferencing, `Clone`, `Debug` and the layer.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Database, Error};

use super::{ReadTx, Tx, TxConnection, uninterrupted::uninterrupted};
use crate::{
    frame::{Outcome, Teardown},
    layer::{Infrastructure, Layered},
};

#[diagnostic::do_not_recommend]
impl<DB: Database> Teardown for Tx<DB> {
    type Error = Error;

    /// Commits after a success, and otherwise rolls back. The futures that wait for the commit run on a
    /// task of their own.
    async fn teardown(self, outcome: Outcome) -> Result<(), Error> {
        uninterrupted(async move {
            self.end(outcome).await?.spawn();
            Ok(())
        })
        .await
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database> Teardown for ReadTx<DB> {
    type Error = Error;

    async fn teardown(self, _: Outcome) -> Result<(), Error> {
        self.close().await
    }
}

impl<DB: Database> Deref for Tx<DB> {
    type Target = ReadTx<DB>;

    fn deref(&self) -> &ReadTx<DB> {
        &self.0
    }
}

impl<DB: Database> DerefMut for Tx<DB> {
    fn deref_mut(&mut self) -> &mut ReadTx<DB> {
        &mut self.0
    }
}

impl<DB: Database> Deref for TxConnection<'_, DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.turn
    }
}

impl<DB: Database> DerefMut for TxConnection<'_, DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.turn
    }
}

impl<DB: Database> Clone for Tx<DB> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<DB: Database> Clone for ReadTx<DB> {
    fn clone(&self) -> Self {
        Self { transaction: Arc::clone(&self.transaction) }
    }
}

impl<DB: Database> fmt::Debug for Tx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tx").field(self.transaction()).finish()
    }
}

impl<DB: Database> fmt::Debug for ReadTx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadTx").field(&self.transaction).finish()
    }
}

impl<DB: Database> fmt::Debug for TxConnection<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TxConnection").finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database> Layered for Tx<DB> {
    type Layer = Infrastructure;
}

#[diagnostic::do_not_recommend]
impl<DB: Database> Layered for ReadTx<DB> {
    type Layer = Infrastructure;
}
