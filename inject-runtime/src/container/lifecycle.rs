//! Start and shutdown of a container.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};

use super::{
    Container,
    error::{BuildError, ShutdownError, ShutdownFailure, ShutdownFailureReason},
    hook::HookFuture,
    schedule::StartSchedule,
    step::Step,
};
use crate::{
    boxed::BoxError,
    graph::{FieldNode, for_each_field},
    panic::panic_message,
};

/// Time limit of a shutdown hook without `#[on_shutdown(.., deadline = ..)]`.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(15);

/// Builds a container: every field after its dependencies, and concurrently with the fields
/// that it does not depend on.
///
/// # Errors
///
/// Returns the error of the first constructor that fails. The other constructions are dropped, and the
/// shutdown hooks of the fields already built run in reverse order.
pub async fn start<C: Container>(builder: C::Builder) -> Result<Arc<C>, BuildError> {
    let mut start = Start::<C>::new(builder);
    if let Err((field, cause)) = start.run().await {
        let rollback = start.roll_back().await.err();
        return Err(BuildError {
            container: C::GRAPH.container(),
            field: C::FIELDS[field].node,
            dependents: dependents::<C>(field),
            cause,
            rollback,
        });
    }
    Ok(Arc::new(start.finish()))
}

/// Runs the shutdown hooks of a container in reverse dependency order.
///
/// # Errors
///
/// Returns every hook that failed, panicked or exceeded its deadline.
pub async fn shut_down<C: Container>(container: &C) -> Result<(), ShutdownError> {
    let mut failures = Vec::new();
    for &field in C::ORDER.iter().rev() {
        if let Some(hook) = &C::FIELDS[field].hook {
            run_hook::<C>(field, (hook.deadline)(), (hook.stop)(container), &mut failures).await;
        }
    }
    report::<C>(failures)
}

async fn run_hook<C: Container>(
    field: usize,
    deadline: Duration,
    hook: HookFuture<'_>,
    failures: &mut Vec<ShutdownFailure>,
) {
    let reason = match tokio::time::timeout(deadline, AssertUnwindSafe(hook).catch_unwind()).await {
        Ok(Ok(Ok(()))) => return,
        Ok(Ok(Err(error))) => ShutdownFailureReason::Error(error),
        Ok(Err(panic)) => ShutdownFailureReason::Panic(panic_message(&*panic)),
        Err(_) => ShutdownFailureReason::DeadlineExceeded(deadline),
    };
    failures.push(ShutdownFailure { field: C::FIELDS[field].node, reason });
}

fn report<C: Container>(failures: Vec<ShutdownFailure>) -> Result<(), ShutdownError> {
    if failures.is_empty() {
        Ok(())
    } else {
        Err(ShutdownError { container: C::GRAPH.container(), failures })
    }
}

/// Start in progress. If it is dropped before it is finished, the fields already built are shut down.
struct Start<C: Container> {
    /// `None` once the container is finished or rolled back.
    builder: Option<C::Builder>,
    /// The filled fields, in the order in which they were filled.
    built: Vec<usize>,
}

impl<C: Container> Start<C> {
    fn new(builder: C::Builder) -> Self {
        let built =
            C::ORDER.iter().copied().filter(|&field| (C::FIELDS[field].is_filled)(&builder)).collect();
        Self { builder: Some(builder), built }
    }

    async fn run(&mut self) -> Result<(), (usize, BoxError)> {
        let mut schedule = StartSchedule::of::<C>(&self.built);
        let mut pending = FuturesUnordered::new();
        loop {
            let field = if let Some(field) = schedule.next::<C>() {
                match self.step(field) {
                    Step::Done(result) => result.map_err(|cause| (field, cause))?,
                    Step::Pending(future) => {
                        pending.push(future.map(move |result| (field, result)));
                        continue;
                    }
                }
                field
            } else if let Some((field, result)) = pending.next().await {
                let fill = result.map_err(|cause| (field, cause))?;
                if let Some(builder) = &self.builder {
                    fill(builder);
                }
                field
            } else {
                return Ok(());
            };
            self.built.push(field);
            schedule.mark_built(field);
        }
    }

    /// Starts the construction of a field. A field that is compiled out is already done.
    fn step(&self, field: usize) -> Step<C> {
        match (C::FIELDS[field].construct, &self.builder) {
            (Some(construct), Some(builder)) => construct(builder),
            _ => Step::Done(Ok(())),
        }
    }

    fn finish(mut self) -> C {
        match self.builder.take() {
            Some(builder) => C::assemble(builder),
            None => unreachable!("a start is finished or rolled back only once"),
        }
    }

    /// Shuts down the fields already built, last first.
    fn roll_back(&mut self) -> impl Future<Output = Result<(), ShutdownError>> + Send + 'static + use<C> {
        let hooks: Vec<_> = match self.builder.take() {
            Some(builder) => self
                .built
                .iter()
                .rev()
                .filter_map(|&field| {
                    let hook = C::FIELDS[field].hook.as_ref()?;
                    Some((field, (hook.deadline)(), (hook.stop_early)(&builder)?))
                })
                .collect(),
            None => Vec::new(),
        };
        async move {
            let mut failures = Vec::new();
            for (field, deadline, hook) in hooks {
                run_hook::<C>(field, deadline, hook, &mut failures).await;
            }
            report::<C>(failures)
        }
    }
}

/// Shuts down the fields already built, on a separate task, when a start is dropped halfway: by a timeout,
/// or by a panic in a constructor.
impl<C: Container> Drop for Start<C> {
    fn drop(&mut self) {
        if self.builder.is_none() || !self.built.iter().any(|&field| C::FIELDS[field].hook.is_some()) {
            return;
        }
        let roll_back = self.roll_back();
        detach(async move {
            if let Err(error) = roll_back.await {
                tracing::error!(%error, "a shutdown hook failed after the start of a container was canceled");
            }
        });
    }
}

/// Runs `future` on the current runtime, or, without a runtime, on a thread of its own.
fn detach(future: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(future);
        return;
    }
    std::thread::spawn(|| match tokio::runtime::Builder::new_current_thread().enable_time().build() {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => tracing::error!(%error, "no runtime for the shutdown hooks of a canceled start"),
    });
}

/// Returns the fields that depend on `failed`: a field that needs it, a field that needs that one, and so
/// on outward.
fn dependents<C: Container>(failed: usize) -> Vec<FieldNode> {
    let mut chain = vec![failed];
    while let Some(&last) = chain.last() {
        let dependent = C::ORDER.iter().copied().find(|&field| {
            let mut needs_last = false;
            for_each_field(C::FIELDS[field].node.dependencies, &mut |dependency| {
                needs_last |= dependency == last;
            });
            needs_last
        });
        match dependent {
            Some(dependent) => chain.push(dependent),
            None => break,
        }
    }
    chain[1..].iter().map(|&field| C::FIELDS[field].node).collect()
}
