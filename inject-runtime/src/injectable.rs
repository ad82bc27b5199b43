//! The one bound everything rests on: `T: Injectable<C>`, "container `C` can provide a `T`".

use std::{error::Error, pin::Pin};

use crate::{
    container::{Container, Field, Source, UnderConstruction},
    field::Step,
    graph::{ComponentNode, Node},
    layer::{Common, Layered},
};

/// An error of an application, on its way into a [`BuildError`](crate::BuildError) or a
/// [`ShutdownError`](crate::ShutdownError).
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A boxed future that can be sent to another thread.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A value that container `C` can provide.
///
/// The stereotypes ([`#[service]`](crate::service) and its siblings) implement it for a component,
/// for every container that provides each of the component's dependencies. [`#[container]`](crate::container)
/// implements it for the type of each of its fields. Nobody else has to; it is public because it is the
/// bound that generic code over containers is written with:
///
/// ```
/// use inject_runtime::{Container, Injectable, Source, service};
///
/// #[service]
/// struct Greeter;
///
/// /// Works with every application that can provide a `Greeter`.
/// fn greeter<C>(app: &C) -> Greeter
/// where
///     C: Container,
///     Greeter: Injectable<C>,
/// {
///     Injectable::inject(app)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{C}` does not provide `{Self}`",
    label = "`{Self}` is neither a field of `{C}` nor a component",
    note = "[inject/missing] add a field of this type to `{C}`; or ask for what is there: `T` is a component of one's own, `Arc<T>` the shared field of `{C}`"
)]
pub trait Injectable<C: Container>: Sized {
    /// Where this value stands in the dependency graph of `C`.
    const NODE: Node;

    /// Provides the value: a struct literal for a component, a clone for a field of the container.
    fn inject<S: Source<C>>(source: &S) -> Self;
}

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

/// The type of a dependency that may be compiled out.
///
/// Where clauses cannot carry `#[cfg]`; implementations of this trait can. `K` is a private type of the expansion, so that a public
/// component can have a dependency of a private type.
pub trait Conditional<K> {
    /// The type of the dependency, or [`Absent`].
    type Type;
}

/// In the place of a dependency that is compiled out.
#[derive(Debug)]
pub struct Absent;

#[diagnostic::do_not_recommend]
impl Layered for Absent {
    type Layer = Common;
}

impl<C: Container> Injectable<C> for Absent {
    const NODE: Node = Node::Component(&ComponentNode::new::<Self>("Absent", &[]));

    fn inject<S: Source<C>>(_: &S) -> Self {
        Self
    }
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
