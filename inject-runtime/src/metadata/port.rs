//! Metadata of ports of the request scope: the provider behind each, which the container chooses.

use std::{any::TypeId, collections::HashSet, sync::Arc};

use super::{
    parameter::{ParameterKind, ParameterSpec, Wrapper},
    provider::{Node, ProviderNode},
};

/// `Port<dyn P>` as a parameter.
#[derive(Clone, Copy, Debug)]
pub struct PortParameter {
    id: fn() -> TypeId,
    wrapper: Option<Wrapper>,
}

impl PortParameter {
    /// Returns the parameter of the port `P`.
    pub(crate) const fn of<P: ?Sized + 'static>() -> Self {
        Self { id: TypeId::of::<P>, wrapper: None }
    }

    pub(super) const fn wrapped(self, wrapper: Wrapper) -> Self {
        Self { wrapper: Some(wrapper), ..self }
    }
}

/// Provider behind a port: a container field `PerRequest<dyn P>`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PortBinding {
    id: fn() -> TypeId,
    node: Node,
}

impl PortBinding {
    /// Returns the binding of the port `P`.
    pub(crate) const fn of<P: ?Sized + 'static>(node: Node) -> Self {
        Self { id: TypeId::of::<P>, node }
    }

    /// Returns whether it is the binding of the port that the parameter is.
    pub(crate) fn is_behind(&self, port: PortParameter) -> bool {
        (self.id)() == (port.id)()
    }

    /// Returns the provider behind the port.
    pub(crate) fn node(&self) -> &'static ProviderNode {
        (self.node)()
    }
}

/// Ports of a container, with the providers behind them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ports(Arc<[PortBinding]>);

impl Ports {
    pub(crate) fn new(bindings: impl Iterator<Item = PortBinding>) -> Self {
        Self(bindings.collect())
    }

    /// Returns the kind of a parameter. The kind of a port is that of the provider behind it.
    pub(crate) fn resolve(&self, kind: ParameterKind) -> ParameterKind {
        let ParameterKind::Port(port) = kind else { return kind };
        let binding = self.0.iter().find(|binding| binding.is_behind(port));
        match (binding, port.wrapper) {
            (None, _) => kind,
            (Some(binding), None) => ParameterKind::Provider(binding.node),
            (Some(binding), Some(wrapper)) => ParameterKind::Wrapped(binding.node, wrapper),
        }
    }

    /// Returns whether the parameter rejects every request without credentials. The constant of the parameter does not
    /// know what is behind ports.
    pub(crate) fn demand_credentials(&self, parameter: &ParameterSpec) -> bool {
        self.demand(parameter, &mut HashSet::new())
    }

    fn demand(&self, parameter: &ParameterSpec, visited: &mut HashSet<TypeId>) -> bool {
        if parameter.demands_credentials {
            return true;
        }
        let (ParameterKind::Provider(node)
        | ParameterKind::Uncached(node)
        | ParameterKind::Wrapped(node, Wrapper::Authorized(_))) = self.resolve(parameter.kind)
        else {
            return false;
        };
        visited.insert((node().output.id)())
            && node().parameters.iter().any(|parameter| self.demand(parameter, visited))
    }
}
