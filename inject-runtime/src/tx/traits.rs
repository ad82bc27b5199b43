//! Implementations of traits for the handles: teardown, dereferencing, `Clone`, `Debug` and the layer.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Database, Error};

use super::{ReadTx, Tx, uninterrupted::uninterrupted};
use crate::{
    frame::{Outcome, Teardown},
    layer::{Infrastructure, Layered},
};

#[diagnostic::do_not_recommend]
impl<DB: Database, P: 'static> Teardown for Tx<DB, P> {
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
impl<DB: Database, P: 'static> Teardown for ReadTx<DB, P> {
    type Error = Error;

    async fn teardown(self, _: Outcome) -> Result<(), Error> {
        self.close().await
    }
}

impl<DB: Database, P> Deref for Tx<DB, P> {
    type Target = ReadTx<DB, P>;

    fn deref(&self) -> &ReadTx<DB, P> {
        &self.0
    }
}

impl<DB: Database, P> DerefMut for Tx<DB, P> {
    fn deref_mut(&mut self) -> &mut ReadTx<DB, P> {
        &mut self.0
    }
}

impl<DB: Database, P> Clone for Tx<DB, P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<DB: Database, P> Clone for ReadTx<DB, P> {
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.transaction))
    }
}

impl<DB: Database, P> fmt::Debug for Tx<DB, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tx").field(self.transaction()).finish()
    }
}

impl<DB: Database, P> fmt::Debug for ReadTx<DB, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadTx").field(&self.transaction).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database, P> Layered for Tx<DB, P> {
    type Layer = Infrastructure;
}

#[diagnostic::do_not_recommend]
impl<DB: Database, P> Layered for ReadTx<DB, P> {
    type Layer = Infrastructure;
}
