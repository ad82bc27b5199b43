//! Frame of a request: what its scope has while it is open. It lives in the future of the endpoint and is passed
//! down by reference.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod body;
mod closing;
mod finish;
mod loan;
mod overrides;
mod plan;
mod queue;
mod rejection;
mod response;
mod session;
mod stopping;
mod tasks;
mod teardown;

#[cfg(feature = "sqlx")]
use std::any::TypeId;
use std::{
    any::{Any, type_name},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use axum::http::{Extensions, StatusCode, request::Parts};
use tracing::{Span, dispatcher};

#[cfg(feature = "ws")]
pub(crate) use self::session::Session;
pub(crate) use self::session::SessionSlot;
#[cfg(feature = "sqlx")]
pub(crate) use self::{
    closing::{Committed, EndUnit},
    plan::UnitPlan,
};
use self::{
    closing::{OpenResource, RequestOutcome},
    loan::FrameCell,
};
pub(crate) use self::{
    finish::{Completion, panicked},
    loan::{Loan, OwnedLoan},
    overrides::Overrides,
    plan::Plan,
    queue::{Queue, QueuedTask},
    response::{HeaderChange, Reach, ResponseChanges},
};
pub use self::{
    rejection::{Provision, Rejection},
    response::HeadSent,
    stopping::Stopping,
    tasks::{DrainError, Tasks},
    teardown::{Outcome, Teardown},
};
#[cfg(feature = "sqlx")]
use crate::metadata::TransactionLevel;
use crate::{
    endpoint_label::{self, Fields},
    metadata::{Asks, TransactionSpec},
    panic::panic_message,
    problem::Problem,
};

/// What a value of the request scope is resolved from: the parts of the request, the container, and the frame.
pub struct RequestContext<'a, C> {
    /// Parts of the request.
    pub parts: &'a mut Parts,
    /// Container of the application.
    pub container: &'a Arc<C>,
    /// Frame of the request.
    pub frame: &'a mut Frame,
}

/// Frame of a request.
///
/// It is two pointers: what most requests do not need is made when the first value is shared, or the first resource
/// is opened.
#[derive(Default)]
pub struct Frame {
    /// `None` if the endpoint has nothing to share and nothing to close.
    plan: Option<Arc<Plan>>,
    open: Option<Box<Open>>,
}

/// Values, resources and tasks of a request. The plan keeps those of ended requests for the next ones, so that their
/// memory is allocated once.
#[derive(Default)]
struct Open {
    /// Values that several dependents ask for, in the order of the plan.
    slots: Vec<Slot>,
    /// Values of types that the plan does not know.
    others: Extensions,
    /// In the order in which they were opened.
    resources: Vec<OpenResource>,
    queue: Option<Arc<Queue>>,
    /// Changes to the response.
    response: Option<Arc<ResponseChanges>>,
    /// Session to which the request leads.
    session: Option<SessionSlot>,
    /// Span of the request. The end of the request is logged in it, even if the request is no longer polled.
    span: Option<Span>,
    /// Outcome with which the resources are being closed.
    closing: Option<RequestOutcome>,
    /// Settings of the transactions, of an endpoint in a scope around it.
    transaction: Option<&'static TransactionSpec>,
    /// Place from which extractors that receive only the parts of the request borrow the frame.
    cell: Option<Arc<FrameCell>>,
}

/// Shared value.
#[derive(Default)]
struct Slot {
    /// Number of dependents that will ask for the value; 0 if there is none.
    left: Asks,
    /// Its memory is kept for the next request.
    value: Option<Box<dyn Shared>>,
}

/// `Option` of a value of any type.
trait Shared: Any + Send {
    fn clear(&mut self);

    /// Passes a clone on to another scope.
    fn seed(&self, seeds: &mut Overrides);
}

impl<T: Clone + Send + Sync + 'static> Shared for Option<T> {
    fn clear(&mut self) {
        *self = None;
    }

    fn seed(&self, seeds: &mut Overrides) {
        if let Some(value) = self {
            seeds.seed(value.clone());
        }
    }
}

/// Place of a value in the frame, as the plan says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SlotIndex(u16);

impl SlotIndex {
    /// The value has one dependent: it is not stored.
    pub(crate) const NOT_SHARED: Self = Self(u16::MAX);
    /// The plan does not know the type.
    const UNKNOWN: Self = Self(u16::MAX - 1);
}

/// Result of looking up a value.
pub(crate) enum Found<T> {
    Value(T),
    Missing(SlotIndex),
}

impl Frame {
    /// Creates the frame of a request to an endpoint with this plan.
    #[inline]
    pub(crate) fn new(plan: Option<Arc<Plan>>) -> Self {
        Self { plan, open: None }
    }

    /// Returns whether there is a scope: whether values can be shared, and resources closed.
    #[inline]
    pub(crate) fn is_scope(&self) -> bool {
        self.plan.is_some()
    }

    /// Returns whether there is something to do at the end of the request.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(crate) fn overrides(&self) -> Option<&Arc<Overrides>> {
        self.plan.as_ref()?.overrides.as_ref()
    }

    /// Returns the task tracker of the application.
    pub(crate) fn tasks(&self) -> Option<&Tasks> {
        self.plan.as_ref().map(|plan| &plan.tasks)
    }

    /// Returns how the endpoint uses the unit of work that the request has as a `T`, now or later.
    #[cfg(feature = "sqlx")]
    pub(crate) fn unit<T: 'static>(&self) -> UnitPlan {
        self.plan.as_ref().map_or_else(UnitPlan::default, |plan| plan.unit::<T>())
    }

    /// Sets the settings of the transactions, of an endpoint in a scope around it.
    pub(crate) fn set_transaction(&mut self, transaction: &'static TransactionSpec) {
        if let Some(open) = self.open_mut() {
            open.transaction = Some(transaction);
        }
    }

    /// Returns the settings of the transactions.
    fn transaction(&self) -> &'static TransactionSpec {
        let of_endpoint = self.open.as_ref().and_then(|open| open.transaction);
        let of_plan = || self.plan.as_ref().map(|plan| plan.transaction);
        of_endpoint.or_else(of_plan).unwrap_or(&TransactionSpec::NONE)
    }

    /// Returns whether the request is expected to write, if the endpoint says so.
    #[cfg(feature = "sqlx")]
    pub(crate) fn expects_writes(&self) -> Option<bool> {
        self.transaction().writes
    }

    /// Returns the level of the unit of work that the request has as a `T`, if an endpoint sets it in a scope around it. The plan
    /// does not know it then.
    #[cfg(feature = "sqlx")]
    pub(crate) fn level_in_scope<T: 'static>(&self) -> Option<&'static TransactionLevel> {
        let transaction = self.open.as_ref()?.transaction?;
        TransactionLevel::of(transaction.levels, TypeId::of::<T>())
    }

    /// Looks up a shared value. The last dependent that asks receives the value itself, and the others a clone.
    #[inline]
    pub(crate) fn find<T: Clone + Send + Sync + 'static>(&mut self) -> Found<T> {
        let Some(plan) = &self.plan else { return Found::Missing(SlotIndex::NOT_SHARED) };
        let index = plan.slot_of::<T>();
        match &mut self.open {
            Some(open) if index != SlotIndex::NOT_SHARED => {
                open.find(index).map_or(Found::Missing(index), Found::Value)
            }
            _ => Found::Missing(index),
        }
    }

    /// Stores a clone of `value` for the other dependents, if there are any.
    #[inline]
    pub(crate) fn keep<T: Clone + Send + Sync + 'static>(&mut self, index: SlotIndex, value: &T) {
        if index != SlotIndex::NOT_SHARED {
            self.store(index, value.clone());
        }
    }

    #[inline]
    fn store<T: Clone + Send + Sync + 'static>(&mut self, index: SlotIndex, value: T) {
        let Some(plan) = &self.plan else { return };
        let open = self.open.get_or_insert_with(|| plan.open());
        let Some(slot) = open.slots.get_mut(usize::from(index.0)) else {
            open.others.insert(value);
            return;
        };
        slot.left = plan.asks(index).after_one();
        let memory: Option<&mut dyn Any> = slot.value.as_deref_mut().map(|value| value as _);
        match memory.and_then(<dyn Any>::downcast_mut::<Option<T>>) {
            Some(memory) => *memory = Some(value),
            None => slot.value = Some(Box::new(Some(value))),
        }
    }

    /// Registers a resource, which is closed when the request ends.
    #[inline]
    pub(crate) fn open<T: Teardown>(&mut self, resource: T, until_body: bool) {
        self.open_as::<T, T>(resource, until_body);
    }

    /// Registers a resource, which is logged as an `N`.
    #[inline]
    pub(crate) fn open_as<N, T: Teardown>(&mut self, resource: T, until_body: bool) {
        if let Some(open) = self.open_mut() {
            tracing::debug!(resource = type_name::<N>(), "opened");
            open.resources.push(closing::resource(resource, type_name::<N>(), until_body));
        }
    }

    /// Registers a unit of work, which is logged as an `N`.
    #[cfg(feature = "sqlx")]
    pub(crate) fn open_unit<N, T: EndUnit>(&mut self, unit: T) {
        if let Some(open) = self.open_mut() {
            tracing::debug!(resource = type_name::<N>(), "opened");
            open.resources.push(closing::unit(unit, type_name::<N>()));
        }
    }

    /// Returns the values for a scope that the request opens: its principal, and the overrides of a test.
    pub(crate) fn seeds(&self) -> Overrides {
        let Some(plan) = &self.plan else { return Overrides::default() };
        let mut seeds = plan.overrides.as_deref().cloned().unwrap_or_default();
        for index in &plan.inherited {
            let slot = self.open.as_ref().and_then(|open| open.slots.get(usize::from(index.0)));
            if let Some(Slot { value: Some(value), left }) = slot
                && !left.is_none()
            {
                value.seed(&mut seeds);
            }
        }
        seeds
    }

    /// Returns the queue of the tasks that start after the response.
    pub(crate) fn queue(&mut self) -> Option<Arc<Queue>> {
        let tasks = self.tasks()?.clone();
        let queue = self.open_mut()?.queue.get_or_insert_with(|| Arc::new(Queue::new(tasks)));
        Some(Arc::clone(queue))
    }

    /// Returns the changes to the response.
    pub(crate) fn response(&mut self) -> Option<Arc<ResponseChanges>> {
        let open = self.open_mut()?;
        Some(Arc::clone(open.response.get_or_insert_default()))
    }

    #[inline]
    fn open_mut(&mut self) -> Option<&mut Open> {
        let plan = self.plan.as_ref()?;
        let open = self.open.get_or_insert_with(|| plan.open());
        if open.span.is_none() && dispatcher::has_been_set() {
            open.span = Some(Span::current());
        }
        Some(open)
    }
}

impl Open {
    #[inline]
    fn find<T: Clone + Send + Sync + 'static>(&mut self, index: SlotIndex) -> Option<T> {
        let Some(slot) = self.slots.get_mut(usize::from(index.0)) else {
            return self.others.get().cloned();
        };
        if slot.left.is_none() {
            return None;
        }
        let value: &mut dyn Any = slot.value.as_deref_mut()?;
        let value = value.downcast_mut::<Option<T>>()?;
        slot.left = slot.left.after_one();
        if slot.left.is_none() { value.take() } else { value.clone() }
    }

    /// Drops the values, which may be handles on the resources. A panic of one of them does not prevent the end of the
    /// request.
    fn clear_values(&mut self) {
        for slot in &mut self.slots {
            if !slot.left.is_none() {
                slot.left = Asks::NONE;
                if let Some(value) = &mut slot.value {
                    drop_value(|| value.clear());
                }
            }
        }
        if !self.others.is_empty() {
            let others = std::mem::take(&mut self.others);
            drop_value(|| drop(others));
        }
    }
}

/// Drops a value of the application, whose `Drop` may panic.
fn drop_value(drop: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(drop)) {
        endpoint_label::log(|Fields { method, route, endpoint, .. }| {
            let panic = panic_message(&*panic);
            tracing::error!(
                panic,
                method,
                route,
                endpoint,
                "a value of a request panicked when it was dropped"
            );
        });
    }
}

/// Logs that a `T` is extracted outside of a request scope, and returns the rejection.
pub(crate) fn outside_of_scope<T>() -> Rejection {
    endpoint_label::log(|Fields { method, route, endpoint, .. }| {
        tracing::error!(
            method,
            route,
            endpoint,
            "`{}` needs a request scope, and there is none: endpoints open one; put `inject_runtime::RequestScopeLayer` around plain axum routes",
            type_name::<T>(),
        );
    });
    Rejection::from(Problem::new(StatusCode::INTERNAL_SERVER_ERROR)).named::<T>()
}
