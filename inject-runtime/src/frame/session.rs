//! Sessions: what remains of a request after the switch to another protocol.

use std::{
    borrow::Cow,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::StatusCode;

use super::Frame;
use crate::boxed::BoxFuture;

/// Session that starts when its request has ended.
pub(crate) struct Session {
    /// Name of its task.
    pub(crate) name: Cow<'static, str>,
    /// Runs the session, and ends the frame.
    pub(crate) run: Box<dyn FnOnce(Frame) -> BoxFuture<'static, ()> + Send>,
}

/// Place in which an endpoint puts its session.
#[derive(Clone, Default)]
pub(crate) struct SessionSlot(Arc<Mutex<Option<Session>>>);

impl SessionSlot {
    #[cfg(feature = "ws")]
    pub(crate) fn set(&self, session: Session) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }

    fn take(&self) -> Option<Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Frame {
    /// Returns the place of the session to which the request leads. `None` if there is no scope.
    #[cfg(feature = "ws")]
    pub(crate) fn session(&mut self) -> Option<SessionSlot> {
        Some(self.open_mut()?.session.get_or_insert_default().clone())
    }

    /// Starts the session of a request with this status, and passes the open resources on to it.
    pub(super) fn start_session(&mut self, status: StatusCode) {
        let (Some(plan), Some(open)) = (&self.plan, &mut self.open) else { return };
        let Some(Session { name, run }) = open.session.take().and_then(|slot| slot.take()) else { return };
        if status != StatusCode::SWITCHING_PROTOCOLS {
            return;
        }
        let mut of_session = plan.open();
        of_session.resources = mem::take(&mut open.resources);
        of_session.span.clone_from(&open.span);
        let frame = Self { plan: Some(Arc::clone(plan)), open: Some(of_session) };
        // In the span, so that the session is logged as a part of the request.
        let _entered = open.span.as_ref().map(tracing::Span::enter);
        plan.tasks.start(name, run(frame));
    }
}
