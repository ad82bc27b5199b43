//! Metadata of providers and request-scoped components.

use std::{any::TypeId, marker::PhantomData};

use super::{describe::TypeDescription, parameter::ParameterSpec};
use crate::{
    layer::{Layer, Layered},
    location::Location,
};

/// Returns a node.
///
/// It is a function because rustc follows the references in a constant along every path: in a ladder of providers where two providers need
/// both of the rung below, the number of paths is two to the power of the rungs.
pub(crate) type Node = fn() -> &'static ProviderNode;

/// Metadata of a provider, or of a request-scoped component.
#[derive(Debug)]
pub struct ProviderNode {
    /// The name of the function or of the component.
    pub name: &'static str,
    /// What it provides.
    pub output: ProviderOutput,
    /// How often it runs.
    pub kind: ProviderKind,
    /// Its parameters or fields.
    pub parameters: &'static [ParameterSpec],
    /// Where it is declared. Empty for what the library provides.
    pub location: Location,
    /// Describes the error that it rejects with.
    pub rejection: TypeDescription,
}

/// Output type of a provider, as data.
#[derive(Clone, Copy, Debug)]
pub struct ProviderOutput {
    pub(crate) id: fn() -> TypeId,
    /// The identity of an output that is made for one dependent alone: a `TypeId` that belongs to the type, and is not its own.
    pub(crate) uncached_id: fn() -> TypeId,
    pub(crate) layer: &'static str,
}

/// How often a provider runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// Once for each request.
    Cached,
    /// Once for each dependent.
    Uncached,
    /// Once for each request or for each dependent; the scope closes its output.
    Resource,
}

impl ProviderOutput {
    /// The output type `T`.
    #[must_use]
    pub const fn of<T: Layered + 'static>() -> Self {
        Self {
            id: TypeId::of::<T>,
            uncached_id: TypeId::of::<PhantomData<T>>,
            layer: <T::Layer as Layer>::NAME,
        }
    }
}
