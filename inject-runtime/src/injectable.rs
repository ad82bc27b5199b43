//! The bound that every injection is built on: `T: Injectable<C>`, "container `C` can provide a `T`".

use crate::{
    container::{Container, Source},
    graph::{ComponentNode, Node},
    layer::{Common, Inward, Layered},
};

/// Value that container `C` can provide.
///
/// The stereotypes ([`#[service]`](crate::service) and its siblings) implement it for a component, for
/// every container that provides each of the component's dependencies. [`#[container]`](crate::container)
/// implements it for the type of each of its fields. Application code does not need to implement it. The
/// trait is public because generic code over containers is written with this bound:
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
///
/// `U` is the use: [`Inward`] by a dependent whose layer is checked, or [`External`](crate::layer::External).
#[diagnostic::on_unimplemented(
    message = "`{C}` does not provide `{Self}`",
    label = "`{Self}` is neither a field of `{C}` nor a component",
    note = "[inject/missing] add a field of this type to `{C}`, or include the module that has it; or inject the form that exists: a component `T`, or `Arc<T>`, a field of `{C}`; a component is under a stereotype: `#[service]`, `#[repository]`, ..; a field without a layer is taken under `#[external]`"
)]
pub trait Injectable<C: Container, U = Inward>: Sized {
    /// Node of this value in the dependency graph of `C`.
    const NODE: Node;

    /// Provides the value: a struct literal for a component, a clone for a field of the container.
    fn inject<S: Source<C>>(source: &S) -> Self;
}

/// Type of a dependency that may be compiled out.
///
/// Where clauses cannot carry `#[cfg]`, but implementations of this trait can. `K` is a private type of the
/// expansion, so that a public component can have a dependency of a private type.
pub trait Conditional<K> {
    /// Type of the dependency, or [`Absent`].
    type Type;
}

/// Placeholder for a dependency that is compiled out.
#[derive(Debug)]
pub struct Absent;

#[diagnostic::do_not_recommend]
impl Layered for Absent {
    type Layer = Common;
}

impl<C: Container, U> Injectable<C, U> for Absent {
    const NODE: Node = Node::Component(&ComponentNode::new::<Self>("Absent", &[]));

    fn inject<S: Source<C>>(_: &S) -> Self {
        Self
    }
}
