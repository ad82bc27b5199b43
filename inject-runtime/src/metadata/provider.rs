//! Metadata of providers and request-scoped components.

use std::{any::TypeId, marker::PhantomData};

use super::{describe::TypeDescription, parameter::ParameterSpec};
use crate::{
    layer::{Layer, Layered},
    location::Location,
};

/// Function that returns a node.
///
/// It is a function because rustc follows the references in a constant along every path: if each provider
/// of a chain has two dependents, and both are needed by the next one, the number of paths is two to the
/// power of the length.
pub(crate) type Node = fn() -> &'static ProviderNode;

/// Metadata of a provider, or of a request-scoped component.
#[derive(Debug)]
pub struct ProviderNode {
    /// Name of the function or of the component.
    pub name: &'static str,
    /// Output.
    pub output: ProviderOutput,
    /// Kind of the provider: how often it runs.
    pub kind: ProviderKind,
    /// Parameters or fields.
    pub parameters: &'static [ParameterSpec],
    /// Place of the declaration. Empty for providers of this library.
    pub location: Location,
    /// Description of the error with which it rejects.
    pub rejection: TypeDescription,
}

impl ProviderNode {
    /// Returns whether the provider rejects every request without credentials: one of its parameters does.
    pub(crate) const fn demands_credentials(&self) -> bool {
        let mut index = 0;
        while index < self.parameters.len() {
            if self.parameters[index].demands_credentials {
                return true;
            }
            index += 1;
        }
        false
    }
}

/// Output type of a provider, as data.
#[derive(Clone, Copy, Debug)]
pub struct ProviderOutput {
    pub(crate) id: fn() -> TypeId,
    /// Id of an output for one dependent alone: a `TypeId` that belongs to the type, and differs from its
    /// own.
    pub(crate) uncached_id: fn() -> TypeId,
    pub(crate) layer: &'static str,
    /// Unit of work on which this is a handle.
    pub(crate) unit: Option<UnitHandle>,
}

/// Handle on the unit of work of a request: all handles on one pool are handles on one transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnitHandle {
    /// Id of the type under which the request has the unit of work.
    pub(crate) id: fn() -> TypeId,
    /// Level that the handle requires.
    pub(crate) level: Option<UnitLevel>,
    /// Whether the handle can write.
    pub(crate) can_write: bool,
}

/// Level of a transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnitLevel {
    /// Statement that begins the transaction.
    pub(crate) statement: &'static str,
    /// Returns the type of the handle that requires it.
    pub(crate) handle: fn() -> String,
}

/// Kind of a provider: how often it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// Once for each request.
    Cached,
    /// Once for each dependent.
    Uncached,
    /// Once for each request or for each dependent; the scope closes its output.
    Resource,
}

impl ProviderOutput {
    /// Returns the data of the output type `T`.
    #[must_use]
    pub const fn of<T: Layered + 'static>() -> Self {
        Self {
            id: TypeId::of::<T>,
            uncached_id: TypeId::of::<PhantomData<T>>,
            layer: <T::Layer as Layer>::NAME,
            unit: None,
        }
    }

    /// Adds the unit of work on which this is a handle.
    #[cfg(feature = "sqlx")]
    pub(crate) const fn of_unit(self, unit: UnitHandle) -> Self {
        Self { unit: Some(unit), ..self }
    }
}
