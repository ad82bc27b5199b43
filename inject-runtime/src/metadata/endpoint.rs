//! Metadata of endpoints and guards.

use std::any::TypeId;

use super::{
    describe::{Draft, TypeDescription},
    method::Method,
    parameter::ParameterSpec,
    scope_usage::ScopeUsage,
};
use crate::{
    endpoint_label::EndpointLabel,
    location::Location,
    policy::{Policy, RoleCheck},
};

/// Metadata of an endpoint: a function under `#[get]` or another method attribute.
#[derive(Debug)]
pub struct EndpointSpec {
    /// Name of the function.
    pub name: &'static str,
    /// Module of the function.
    pub module: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path, without the prefixes of nested routes.
    pub path: &'static str,
    /// Access policy.
    pub policy: Policy,
    /// Principal that the policy extracts, before any other parameter.
    pub principal: Option<ParameterSpec>,
    /// Roles that the policy requires.
    pub role_check: Option<fn() -> RoleCheck>,
    /// Requirement of the policy, as checks, all of which must pass.
    pub requirement: Option<fn() -> Vec<RoleCheck>>,
    /// Parameters.
    pub parameters: &'static [ParameterSpec],
    /// Use of the request scope.
    pub scope_usage: fn() -> &'static ScopeUsage,
    /// Place of the declaration.
    pub location: Location,
    /// Properties for API documents only.
    pub documentation: Documentation,
}

impl EndpointSpec {
    /// Returns the checks of the policy, all of which must pass.
    pub(crate) fn policy_checks(&self) -> Vec<RoleCheck> {
        let mut checks: Vec<_> = self.role_check.map(|check| check()).into_iter().collect();
        checks.extend(self.requirement.map(|checks| checks()).into_iter().flatten());
        checks
    }

    /// Returns the label of the endpoint at this path.
    pub(crate) fn label(&self, route: String) -> EndpointLabel {
        EndpointLabel {
            method: self.method.as_str(),
            route: route.into(),
            endpoint: format!("{}::{}", self.module, self.name).into(),
            policy: self.policy.to_string().into(),
            connections: Vec::new(),
        }
    }
}

/// Properties of an endpoint for API documents only.
#[derive(Clone, Copy, Debug)]
pub struct Documentation {
    /// Doc comment.
    pub text: &'static str,
    /// Whether the function is under `#[deprecated]`.
    pub is_deprecated: bool,
    /// Whether documents leave out the endpoint.
    pub is_hidden: bool,
    /// Schemas that the return type refers to.
    pub schemas: &'static [TypeDescription],
    /// Function that adds the responses.
    pub responses: fn(&mut Draft),
}

impl Documentation {
    /// Empty documentation.
    pub const NONE: Self =
        Self { text: "", is_deprecated: false, is_hidden: false, schemas: &[], responses: |_| {} };
}

/// Metadata of a guard of routes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuardSpec {
    /// The type that the guard extracts.
    #[cfg_attr(not(feature = "openapi"), allow(dead_code))]
    pub(crate) id: fn() -> TypeId,
    /// The parameter that the guard extracts, if it is known: the principal of a role may not be.
    pub(crate) parameter: Option<ParameterSpec>,
}
