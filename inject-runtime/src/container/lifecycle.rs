//! Start and shutdown of a container.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};

use super::{
    Container, UnderConstruction,
    error::{BuildError, ShutdownError, ShutdownFailure, ShutdownFailureReason},
    hook::HookFuture,
    schedule::StartSchedule,
    step::{Fill, Step},
};
use crate::{
    boxed::{BoxError, BoxFuture},
    graph::{Dependency, FieldNode, Node, for_each_field},
    injectable::Injectable,
    layer::External,
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
    reject_second_module::<C>()?;
    start.run_or_roll_back(None).await?;
    let container = Arc::new(start.finish());
    for (field, node) in C::FIELDS.iter().zip(C::NODES) {
        if let Some(attach) = field.attach {
            attach(&container, node);
        }
    }
    Ok(container)
}

/// Reports a module that is in a container twice, in modules of it: there would be two of its singletons.
fn reject_second_module<C: Container>() -> Result<(), BuildError> {
    fn find<'n>(
        fields: &'n [FieldNode],
        path: &str,
        found: &mut Vec<(&'n FieldNode, String)>,
    ) -> Option<(String, String)> {
        for field in fields {
            let Some(module) = field.module else { continue };
            let name = format!("{path}{}", field.name);
            if let Some((_, first)) = found.iter().find(|(other, _)| other.id == field.id) {
                return Some((first.clone(), name));
            }
            found.push((field, name.clone()));
            if let Some(second) = find(module.fields, &format!("{name}."), found) {
                return Some(second);
            }
        }
        None
    }
    let Some((first, second)) = find(C::NODES, "", &mut Vec::new()) else { return Ok(()) };
    let name = second.split('.').next().unwrap_or_default();
    let Some(field) = C::NODES.iter().find(|field| field.name == name) else { return Ok(()) };
    let cause = format!(
        "the module is in `{}` twice, as `{first}` and as `{second}`: keep one, and let the other place require what it takes of it [inject/module]",
        C::GRAPH.container()
    );
    Err(BuildError {
        container: C::GRAPH.container(),
        field,
        dependents: Vec::new(),
        cause: cause.into(),
        rollback: None,
    })
}

/// Builds the fields that a `T` needs, and a `T` of them.
///
/// # Errors
///
/// As [`start`].
pub async fn start_only<C: Container, T: Injectable<C, External>>(
    builder: C::Builder,
) -> Result<Slice<C, T>, BuildError> {
    let mut start = Start::<C>::new(builder);
    reject_second_module::<C>()?;
    let wanted = start.needed_by(T::NODE);
    start.run_or_roll_back(Some(&wanted)).await?;
    let value = T::inject(&UnderConstruction::<C>(start.builder()));
    Ok(Slice { value, start })
}

/// Value with the part of a container that it needs: see `build_only` of a [container](macro@crate::container).
///
/// It dereferences to the value. When it is dropped, the shutdown hooks of the fields that were built run on
/// a task of their own; [`shutdown`](Self::shutdown) waits for them.
pub struct Slice<C: Container, T> {
    value: T,
    start: Start<C>,
}

impl<C: Container, T> Slice<C, T> {
    /// Runs the shutdown hooks of the fields that were built, last first, each under its deadline.
    ///
    /// # Errors
    ///
    /// Names every hook that failed, panicked or exceeded its deadline. The other hooks have run.
    pub async fn shutdown(self) -> Result<(), ShutdownError> {
        let Self { value, mut start } = self;
        drop(value);
        let hooks = start.roll_back();
        drop(start);
        hooks.await
    }
}

impl<C: Container, T> Deref for Slice<C, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<C: Container, T> DerefMut for Slice<C, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<C: Container, T: fmt::Debug> fmt::Debug for Slice<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Slice").field(&self.value).finish()
    }
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
    failures.push(ShutdownFailure { field: &C::NODES[field], reason });
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
    /// Number of the fields that were filled before the start.
    replaced: usize,
}

impl<C: Container> Start<C> {
    fn new(builder: C::Builder) -> Self {
        let mut built = Vec::with_capacity(C::ORDER.len());
        built.extend(C::ORDER.iter().copied().filter(|&field| (C::FIELDS[field].is_filled)(&builder)));
        let replaced = built.len();
        Self { builder: Some(builder), built, replaced }
    }

    fn builder(&self) -> &C::Builder {
        match &self.builder {
            Some(builder) => builder,
            None => unreachable!("the builder is there until the start is finished or rolled back"),
        }
    }

    fn is_replaced(&self, field: usize) -> bool {
        self.built[..self.replaced].contains(&field)
    }

    /// Returns for each field whether a value with the node needs it.
    fn needed_by(&self, node: Node) -> Vec<bool> {
        let mut needed = vec![false; C::FIELDS.len()];
        let mut open = Vec::new();
        for_each_field(&[Dependency::built(node)], &mut |field| open.push(field));
        while let Some(field) = open.pop() {
            if needed[field] || self.is_replaced(field) {
                continue;
            }
            needed[field] = true;
            let FieldNode { dependencies, on_demand, .. } = C::FIELDS[field].node;
            for dependencies in [dependencies, on_demand] {
                for_each_field(dependencies, &mut |dependency| open.push(dependency));
            }
        }
        needed
    }

    /// Builds the fields that are `wanted`, or all of them. After an error, runs the hooks of the fields that are built.
    async fn run_or_roll_back(&mut self, wanted: Option<&[bool]>) -> Result<(), BuildError> {
        let Err((field, cause)) = self.run(wanted).await else { return Ok(()) };
        let dependents = self.dependents(field, wanted);
        let rollback = self.roll_back().await.err();
        let (container, field) = (C::GRAPH.container(), &C::NODES[field]);
        Err(BuildError { container, field, dependents, cause, rollback })
    }

    /// Builds the fields in the order of the plan until the first one that is pending, and then concurrently.
    async fn run(&mut self, wanted: Option<&[bool]>) -> Result<(), (usize, BoxError)> {
        let mut replaced = self.built.clone().into_iter().peekable();
        for &field in C::ORDER {
            // Both are in the order of the plan.
            if replaced.next_if_eq(&field).is_some() || wanted.is_some_and(|wanted| !wanted[field]) {
                continue;
            }
            match self.step(field) {
                Step::Done(result) => result.map_err(|cause| (field, cause))?,
                Step::Pending(future) => return self.run_concurrently(field, future, wanted).await,
            }
            self.built.push(field);
        }
        Ok(())
    }

    /// Builds the rest, beginning with the future of `first`.
    async fn run_concurrently(
        &mut self,
        first: usize,
        future: BoxFuture<'static, Result<Fill<C>, BoxError>>,
        wanted: Option<&[bool]>,
    ) -> Result<(), (usize, BoxError)> {
        let mut schedule = StartSchedule::of::<C>(&self.built, wanted);
        schedule.mark_started(first);
        let mut pending = FuturesUnordered::new();
        pending.push(future.map(move |result| (first, result)).boxed());
        loop {
            let field = if let Some(field) = schedule.next::<C>() {
                match self.step(field) {
                    Step::Done(result) => result.map_err(|cause| (field, cause))?,
                    Step::Pending(future) => {
                        pending.push(future.map(move |result| (field, result)).boxed());
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

    /// Returns the fields that depend on `failed`: a field that needs it, a field that needs that one, and so
    /// on outward. Fields that are replaced need nothing.
    fn dependents(&self, failed: usize, wanted: Option<&[bool]>) -> Vec<&'static FieldNode> {
        let mut chain = vec![failed];
        while let Some(&last) = chain.last() {
            let dependent = C::ORDER.iter().copied().find(|&field| {
                let mut needs_last = false;
                for_each_field(C::FIELDS[field].node.dependencies, &mut |dependency| {
                    needs_last |= dependency == last;
                });
                needs_last && !self.is_replaced(field) && wanted.is_none_or(|wanted| wanted[field])
            });
            match dependent {
                Some(dependent) => chain.push(dependent),
                None => break,
            }
        }
        chain[1..].iter().map(|&field| &C::NODES[field]).collect()
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
