//! Loans of the frame to extractors that receive only the parts of a request.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::Extensions;

use super::Frame;

/// Place in which a frame is while it is lent.
#[derive(Default)]
pub(super) struct FrameCell(Mutex<CellState>);

#[derive(Default)]
enum CellState {
    /// The owner has the frame. One that is returned later is dropped, and closes what is open: the cell is a part of
    /// it, and would keep it forever.
    #[default]
    Returned,
    Lent(Frame),
    /// An extractor has borrowed the frame.
    Borrowed,
}

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
    fn lock(&self) -> MutexGuard<'_, CellState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the frame into the cell. Returns the state to which the end of the loan returns.
    fn lend(&self, frame: Frame) -> CellState {
        mem::replace(&mut *self.lock(), CellState::Lent(frame))
    }

    fn borrow(&self) -> Option<Frame> {
        let mut state = self.lock();
        match mem::replace(&mut *state, CellState::Borrowed) {
            CellState::Lent(frame) => Some(frame),
            other => {
                *state = other;
                None
            }
        }
    }

    fn give_back(&self, frame: Frame) {
        let mut state = self.lock();
        match *state {
            CellState::Borrowed => *state = CellState::Lent(frame),
            CellState::Returned | CellState::Lent(_) => {
                drop(state);
                drop(frame);
            }
        }
    }

    /// Ends the loan. `None` if a task still has the frame.
    fn end(&self, state: CellState) -> Option<Frame> {
        match mem::replace(&mut *self.lock(), state) {
            CellState::Lent(frame) => Some(frame),
            CellState::Returned | CellState::Borrowed => None,
        }
    }
}

/// Frame that is borrowed from the extensions of its request, or lent to them. It is returned on every way out, also
/// by a panic, and by a future that is dropped.
pub(crate) struct Loan<'a> {
    cell: Arc<FrameCell>,
    /// The owner of a frame that is lent, and the state of the cell before: an endpoint that has borrowed the frame of a
    /// scope around it lends it in turn.
    owner: Option<(&'a mut Frame, CellState)>,
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
        let before = cell.lend(mem::take(self));
        Loan { cell, owner: Some((self, before)), frame: Frame::default() }
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
        let frame = cell.borrow()?;
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
        cell.lend(self);
        OwnedLoan { cell, frame: Self::default() }
    }
}

impl OwnedLoan {
    /// Takes the frame back.
    pub(crate) fn end(&mut self) -> &mut Frame {
        if let Some(frame) = self.cell.end(CellState::Returned) {
            self.frame = frame;
        }
        &mut self.frame
    }
}

impl Drop for OwnedLoan {
    fn drop(&mut self) {
        // The frame of a canceled request closes what is open.
        drop(self.cell.end(CellState::Returned));
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        match self.owner.take() {
            // The extractor may have passed the parts of its request to a task, which has not returned the frame.
            Some((owner, before)) => *owner = self.cell.end(before).unwrap_or_default(),
            None => self.cell.give_back(mem::take(&mut self.frame)),
        }
    }
}
