//! Loans of the frame to extractors that receive only the parts of a request.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::Extensions;

use super::Frame;

/// Place in which a frame is while it is lent.
#[derive(Default)]
pub(super) struct FrameCell(Mutex<Option<Frame>>);

/// Place of the frame, in the extensions of its request.
///
/// A clone is empty: the values of a request belong to it alone, and copied parts of the request may become another
/// request.
struct Entered(Option<Arc<FrameCell>>);

impl Clone for Entered {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl FrameCell {
    fn replace(&self, frame: Option<Frame>) -> Option<Frame> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), frame)
    }
}

/// Frame that is borrowed from the extensions of its request, or lent to them. It is returned on every way out, also
/// by a panic, and by a future that is dropped.
pub(crate) struct Loan<'a> {
    cell: Arc<FrameCell>,
    /// The owner of a frame that is lent.
    owner: Option<&'a mut Frame>,
    /// The frame that is borrowed.
    frame: Frame,
}

impl Frame {
    /// Lends the frame to the extractors of the request with these extensions, if any of them may ask for it.
    #[inline]
    pub(crate) fn lend<'a>(&'a mut self, extensions: &mut Extensions) -> Option<Loan<'a>> {
        if self.plan.as_ref().is_some_and(|plan| plan.is_lent) {
            Some(self.lend_now(extensions))
        } else {
            None
        }
    }

    #[inline(never)]
    fn lend_now<'a>(&'a mut self, extensions: &mut Extensions) -> Loan<'a> {
        let cell = match self.open_mut() {
            Some(open) => Arc::clone(open.cell.get_or_insert_default()),
            None => Arc::default(),
        };
        match extensions.get_mut() {
            Some(Entered(Some(entered))) if Arc::ptr_eq(entered, &cell) => {}
            _ => _ = extensions.insert(Entered(Some(Arc::clone(&cell)))),
        }
        cell.replace(Some(std::mem::take(self)));
        Loan { cell, owner: Some(self), frame: Frame::default() }
    }

    /// Removes the scope of an outer request, whose parts were sent on.
    #[inline]
    pub(crate) fn leave(extensions: &mut Extensions) {
        if !extensions.is_empty() {
            extensions.remove::<Entered>();
        }
    }
}

impl Loan<'static> {
    /// Borrows the frame of the request with these extensions, if it is in a scope.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        let Entered(cell) = extensions.get()?;
        let cell = Arc::clone(cell.as_ref()?);
        let frame = cell.replace(None)?;
        Some(Loan { cell, owner: None, frame })
    }

    /// Returns the borrowed frame.
    pub(crate) fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// Frame that is lent to the whole of a plain handler.
pub(crate) struct OwnedLoan {
    cell: Arc<FrameCell>,
    /// The frame after the loan.
    frame: Frame,
}

impl Frame {
    /// Lends the frame to the request with these extensions, until [`OwnedLoan::end`].
    pub(crate) fn lend_to(mut self, extensions: &mut Extensions) -> OwnedLoan {
        let cell = match self.open_mut() {
            Some(open) => Arc::clone(open.cell.get_or_insert_default()),
            None => Arc::default(),
        };
        extensions.insert(Entered(Some(Arc::clone(&cell))));
        cell.replace(Some(self));
        OwnedLoan { cell, frame: Self::default() }
    }
}

impl OwnedLoan {
    /// Takes the frame back.
    pub(crate) fn end(&mut self) -> &mut Frame {
        if let Some(frame) = self.cell.replace(None) {
            self.frame = frame;
        }
        &mut self.frame
    }
}

impl Drop for OwnedLoan {
    fn drop(&mut self) {
        // The frame of a canceled request closes what is open.
        drop(self.cell.replace(None));
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        match &mut self.owner {
            // The extractor may have passed the parts of its request to a task, which has not returned the frame.
            Some(owner) => **owner = self.cell.replace(None).unwrap_or_default(),
            None => _ = self.cell.replace(Some(std::mem::take(&mut self.frame))),
        }
    }
}
