//! Wiring of components: in place wherever they are needed, or once when the container starts.

use super::{Container, Field, Source, UnderConstruction, step::Step};
use crate::{
    boxed::{BoxError, BoxFuture},
    graph::Node,
    injectable::Injectable,
    layer::Layered,
};

/// A type that is built by its own wiring: what the stereotypes generate.
///
/// A container field `Arc<T>` without any attribute asks for it.
pub trait Component: Layered {
    /// How it is built: in place, wherever it is needed, or once, when the container starts.
    type Wiring;
}

/// Wiring of a component whose construction is synchronous and cannot fail. It can be taken by value.
#[derive(Debug)]
pub struct InPlace;

/// Wiring of a component with an async or fallible constructor. It is built when the container starts, and
/// can only be shared.
#[derive(Debug)]
pub struct OnStart;

/// A component that is built when the container starts, by an async or fallible constructor.
pub trait Constructor<C: Container>: Sized {
    /// Where the component stands in the dependency graph of `C`.
    const NODE: Node;

    /// Starts the construction, with dependencies from `source`.
    fn construct<S: Source<C>>(source: &S) -> Construction<Self>;
}

/// A bound that nothing satisfies: it words the error for an [`OnStart`] component that is taken by value.
///
/// It is a bound on [`OnStart`] and not on `T`: where both the failed bound and the one it is needed for are about the same type,
/// rustc shows the message of the latter.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be taken by value: its constructor is async or can fail",
    label = "built once, when `{C}` starts",
    note = "[inject/by-value] take `Arc<{T}>`, and add a field `Arc<{T}>` to `{C}`"
)]
pub trait ByValue<T, C> {
    /// There is no such node.
    const NODE: Node;

    /// There is no such value.
    fn never() -> T;
}

/// In the place of a value whose description was wrong. The error has been reported, so this is never called.
#[must_use]
pub fn rejected<T>() -> T {
    unreachable!("a macro has reported an error about this value")
}

/// What a constructor, factory or binding yields: the value now, or a future of it.
pub enum Construction<T> {
    /// Built, or failed, without waiting.
    Ready(Result<T, BoxError>),
    /// Still to be awaited.
    Pending(BoxFuture<'static, Result<T, BoxError>>),
}

impl<T: 'static> Construction<T> {
    /// Applies `f` to the value once it is there.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U + Send + 'static) -> Construction<U> {
        match self {
            Self::Ready(result) => Construction::Ready(result.map(f)),
            Self::Pending(future) => Construction::Pending(Box::pin(async { future.await.map(f) })),
        }
    }

    /// A future of the value, whether it is there already or not.
    pub(crate) async fn finish(self) -> Result<T, BoxError> {
        match self {
            Self::Ready(result) => result,
            Self::Pending(future) => future.await,
        }
    }
}

/// The way from the [`Component::Wiring`] of `T` to a `T`.
///
/// A container field `Arc<T>` cannot see whether the constructor of `T` is async; the type decides.
pub trait Wire<T, C: Container> {
    /// Where `T` stands in the dependency graph of `C`.
    const NODE: Node;

    /// Starts the construction of a `T`, which field `K` will hold as `hold` makes it.
    fn wire<K>(builder: &C::Builder, hold: fn(T) -> C::Value) -> Step<C>
    where
        C: Field<K>;

    /// Starts the construction of a `T` for other purposes.
    fn construct(builder: &C::Builder) -> Construction<T>;
}

impl<T: Injectable<C>, C: Container> Wire<T, C> for InPlace {
    const NODE: Node = T::NODE;

    // The way of most components, and therefore the one that leaves the least to compile for each: no future, no box.
    fn wire<K>(builder: &C::Builder, hold: fn(T) -> C::Value) -> Step<C>
    where
        C: Field<K>,
    {
        C::slot(builder).fill(hold(T::inject(&UnderConstruction(builder))));
        Step::Done(Ok(()))
    }

    fn construct(builder: &C::Builder) -> Construction<T> {
        Construction::Ready(Ok(T::inject(&UnderConstruction(builder))))
    }
}

impl<T: Constructor<C> + 'static, C: Container> Wire<T, C> for OnStart {
    const NODE: Node = T::NODE;

    fn wire<K>(builder: &C::Builder, hold: fn(T) -> C::Value) -> Step<C>
    where
        C: Field<K>,
    {
        Step::of::<K, T>(builder, T::construct(&UnderConstruction(builder)), hold)
    }

    fn construct(builder: &C::Builder) -> Construction<T> {
        T::construct(&UnderConstruction(builder))
    }
}
