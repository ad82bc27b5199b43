//! Wiring of components: built in place for each dependent, or once when the container starts.

use super::{Container, Field, Source, UnderConstruction, step::Step};
use crate::{
    boxed::{BoxError, BoxFuture},
    graph::Node,
    injectable::Injectable,
    layer::Layered,
};

/// Type that is built by its own wiring, which the stereotypes generate.
///
/// The implementation is not meant to be written by hand. A container field `Arc<T>` without an attribute
/// requires it:
///
/// ```
/// use std::sync::Arc;
/// use inject_runtime::{container, service};
///
/// /// `#[service]` implements `Component`.
/// #[service]
/// pub struct Greeter;
///
/// #[container]
/// pub struct App {
///     greeter: Arc<Greeter>,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a component: there is no wiring to build it with",
    label = "expected a component",
    note = "[inject/recipe] put `#[service]`, `#[repository]`, .. on `{Self}`; or state on the field how it is built: `#[input]`, `#[factory(function)]`, `#[bind(Implementation)]`"
)]
pub trait Component: Layered {
    /// Kind of wiring: in place for each dependent, or once when the container starts.
    type Wiring: Wiring;

    /// Whether requests provide it, and not the container.
    #[doc(hidden)]
    const IS_OF_REQUEST: bool = false;
}

/// Kind of wiring: [`InPlace`] or [`OnStart`], and no other type.
pub trait Wiring {}

impl Wiring for InPlace {}

impl Wiring for OnStart {}

/// Wiring of a transient component: it is nothing but its dependencies, and is built anew for each dependent.
#[derive(Debug)]
pub struct InPlace;

/// Wiring of a singleton: it has state or a constructor, is built when the container starts, and can only be
/// shared.
#[derive(Debug)]
pub struct OnStart;

/// Singleton, which is built when the container starts.
pub trait Constructor<C: Container>: Sized {
    /// Node of the component in the dependency graph of `C`.
    const NODE: Node;

    /// Starts the construction, with dependencies from `source`.
    fn construct<S: Source<C>>(source: &S) -> Construction<Self>;
}

macro_rules! by_value {
    ($($(#[$attribute:meta])* $name:ident;)*) => {$(
        $(#[$attribute])*
        ///
        /// The bound is on [`OnStart`] and not on `T`: if the failed bound and the bound that requires it are
        /// about the same type, rustc shows the message of the latter.
        pub trait $name<T, C> {
            /// Never evaluated.
            const NODE: Node;

            /// Never called.
            fn never() -> T;
        }
    )*};
}

by_value! {
    /// Bound that no type satisfies. Its message is the error for a singleton with an async or fallible
    /// constructor that is taken by value.
    #[diagnostic::on_unimplemented(
        message = "`{T}` cannot be taken by value: its constructor is async or can fail",
        label = "built once, when `{C}` starts",
        note = "[inject/by-value] take `Arc<{T}>`, and add a field `Arc<{T}>` to `{C}`"
    )]
    ByValue;
    /// Bound that no type satisfies. Its message is the error for a singleton with state that is taken by
    /// value.
    #[diagnostic::on_unimplemented(
        message = "`{T}` cannot be taken by value: it has state, and each dependent would get one of its own",
        label = "there is one `{T}`, which is shared",
        note = "[inject/by-value] take `Arc<{T}>`, and add a field `Arc<{T}>` to `{C}`",
        note = "or build one for each dependent: `scope = transient` in the stereotype of `{T}`"
    )]
    StateByValue;
    /// Bound that no type satisfies. Its message is the error for a singleton with a constructor that is
    /// taken by value.
    #[diagnostic::on_unimplemented(
        message = "`{T}` cannot be taken by value: its constructor runs once, and not for each dependent",
        label = "there is one `{T}`, which is shared",
        note = "[inject/by-value] take `Arc<{T}>`, and add a field `Arc<{T}>` to `{C}`",
        note = "or build one for each dependent: `scope = transient` in the stereotype of `{T}`"
    )]
    ConstructorByValue;
    /// Bound that no type satisfies. Its message is the error for a component under `scope = singleton` that
    /// is taken by value.
    #[diagnostic::on_unimplemented(
        message = "`{T}` cannot be taken by value: it is a singleton",
        label = "there is one `{T}`, which is shared",
        note = "[inject/by-value] take `Arc<{T}>`, and add a field `Arc<{T}>` to `{C}`",
        note = "or build one for each dependent: remove `scope = singleton` from the stereotype of `{T}`"
    )]
    SingletonByValue;
}

/// Placeholder for a value whose declaration was wrong. The error has been reported, so this function is
/// never called.
#[must_use]
pub fn rejected<T>() -> T {
    unreachable!("a macro has reported an error for this value")
}

/// Construction of a value by a constructor, factory or binding: the value itself, or a future of it.
pub enum Construction<T> {
    /// Value or error of a synchronous construction.
    Ready(Result<T, BoxError>),
    /// Future of the value.
    Pending(BoxFuture<'static, Result<T, BoxError>>),
}

impl<T> Construction<T> {
    /// Creates the construction of a value that is there.
    pub const fn of(value: T) -> Self {
        Self::Ready(Ok(value))
    }
}

impl<T: 'static> Construction<T> {
    /// Applies `f` to the value when it is available.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U + Send + 'static) -> Construction<U> {
        match self {
            Self::Ready(result) => Construction::Ready(result.map(f)),
            Self::Pending(future) => Construction::Pending(Box::pin(async { future.await.map(f) })),
        }
    }

    /// Returns the value, after waiting for it if necessary.
    pub(crate) async fn finish(self) -> Result<T, BoxError> {
        match self {
            Self::Ready(result) => result,
            Self::Pending(future) => future.await,
        }
    }
}

/// Construction of a `T` according to its [`Component::Wiring`].
///
/// A container field `Arc<T>` does not know whether the constructor of `T` is async; the type decides.
pub trait Wire<T, C: Container> {
    /// Node of `T` in the dependency graph of `C`.
    const NODE: Node;

    /// Starts the construction of a `T`. Field `K` holds the result of `hold`.
    fn wire<K>(builder: &C::Builder, hold: fn(T) -> C::Value) -> Step<C>
    where
        C: Field<K>;

    /// Starts the construction of a `T` for another use.
    fn construct<S: Source<C>>(source: &S) -> Construction<T>;
}

impl<T: Injectable<C>, C: Container> Wire<T, C> for InPlace {
    const NODE: Node = T::NODE;

    // Most components take this path. It therefore leaves the least code to compile for each: no future, no
    // box.
    fn wire<K>(builder: &C::Builder, hold: fn(T) -> C::Value) -> Step<C>
    where
        C: Field<K>,
    {
        C::slot(builder).fill(hold(T::inject(&UnderConstruction(builder))));
        Step::Done(Ok(()))
    }

    fn construct<S: Source<C>>(source: &S) -> Construction<T> {
        Construction::of(T::inject(source))
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

    fn construct<S: Source<C>>(source: &S) -> Construction<T> {
        T::construct(source)
    }
}
