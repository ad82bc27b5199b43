//! Metadata of endpoints and guards.

use std::any::TypeId;

use super::{
    describe::{Draft, TypeDescription},
    method::Method,
    parameter::ParameterSpec,
};
use crate::{
    location::Location,
    policy::{Policy, RoleCheck},
};

/// Metadata of an endpoint: a function under `#[get]` or another route attribute.
#[derive(Debug)]
pub struct EndpointSpec {
    /// The name of the function.
    pub name: &'static str,
    /// The module of the function.
    pub module: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, without the prefixes of nested routes.
    pub path: &'static str,
    /// The access policy.
    pub policy: Policy,
    /// What the policy extracts, before any other parameter.
    pub principal: Option<ParameterSpec>,
    /// The roles that the policy requires.
    pub role_check: Option<fn() -> RoleCheck>,
    /// The parameters.
    pub parameters: &'static [ParameterSpec],
    /// Where the function is declared.
    pub location: Location,
    /// What only documents say.
    pub documentation: Documentation,
}

/// What only documents for people say of an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Documentation {
    /// The doc comment.
    pub text: &'static str,
    /// Whether the function is under `#[deprecated]`.
    pub is_deprecated: bool,
    /// Whether documents leave the endpoint out.
    pub is_hidden: bool,
    /// The schemas that the return type refers to.
    pub schemas: &'static [TypeDescription],
    /// Adds the responses of the function.
    pub responses: fn(&mut Draft),
}

impl Documentation {
    /// No documentation.
    pub const NONE: Self =
        Self { text: "", is_deprecated: false, is_hidden: false, schemas: &[], responses: |_| {} };
}

/// Metadata of a guard of routes.
#[cfg_attr(not(feature = "openapi"), allow(dead_code))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuardSpec {
    /// The type that it extracts.
    pub(crate) id: fn() -> TypeId,
    /// The principal whose roles it checks, if that is known.
    pub(crate) principal: Option<ParameterSpec>,
}
