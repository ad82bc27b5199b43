//! Role checks of an endpoint.

use std::collections::HashSet;

use super::{
    around::AroundSpec,
    endpoint::EndpointSpec,
    parameter::{ParameterKind, ParameterSpec, Wrapper},
    port::Ports,
};
use crate::policy::RoleCheck;

/// Returns the role checks of an endpoint: of its policy, of the proofs among its parameters, and of those
/// among the parameters of its around functions and providers. Guards of the routes are not included.
pub(crate) fn role_checks<'a>(
    endpoint: &'a EndpointSpec,
    arounds: impl IntoIterator<Item = &'a AroundSpec>,
    ports: &Ports,
) -> Vec<RoleCheck> {
    let mut checks = endpoint.policy_checks();
    let mut seen = HashSet::new();
    let mut pending: Vec<&ParameterSpec> = endpoint.principal.iter().chain(endpoint.parameters).collect();
    pending.extend(arounds.into_iter().flat_map(|around| around.parameters));
    while let Some(parameter) = pending.pop() {
        let node = match ports.resolve(parameter.kind) {
            ParameterKind::Wrapped(node, Wrapper::Authorized(check)) => {
                for check in check() {
                    if !checks.contains(&check) {
                        checks.push(check);
                    }
                }
                node
            }
            ParameterKind::Provider(node) | ParameterKind::Uncached(node) => node,
            // An `Option` requires nothing.
            ParameterKind::Wrapped(..)
            | ParameterKind::Plain
            | ParameterKind::Path(_)
            | ParameterKind::Injected(_)
            | ParameterKind::Scoped
            | ParameterKind::Port(_)
            | ParameterKind::NewScope(_)
            | ParameterKind::Opaque => continue,
        };
        if seen.insert((node().output.id)()) {
            pending.extend(node().parameters);
        }
    }
    checks
}
