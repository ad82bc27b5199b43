//! The request scope: providers, resources, endpoints, roles.

#![allow(clippy::result_large_err, reason = "what ends a request early is its response")]

mod absent;
mod check;
mod describe;
mod endpoint;
mod in_scope;
mod parameter;
mod problem;
mod provider;
mod role;
mod routes;
mod scope;
mod scope_layer;
#[cfg(feature = "security")]
mod security;
mod serve;
mod spec;
mod table;
mod tasks;
mod teardown;
#[cfg(feature = "sqlx")]
pub mod tx;

pub use check::RoleCheck;
pub use describe::{Describe, Undescribed, argument, returned};
pub use endpoint::{Described, Endpoint, Overlap, answer, overlap};
pub use in_scope::{RequestScope, ScopeError};
pub use parameter::{BeforeBody, BodyParameter, LastParameter, Parameter, extracted, handed};
pub use problem::{Failure, Problem, ProblemKind, ToProblem, all_kinds, named_status, numbered_status};
pub use provider::{
    Before, EachTime, Leased, Once, OneRequest, Outlives, Provided, Provider, Reject, Strategy, Uncached,
    optional, resolve,
};
pub use role::{AnyOf, Authorized, MissingRole, Principal, Proof, Role, RoleGuard, authorize};
pub use routes::{ProviderOverride, RouteInfo, RouteTable, Routes, assembled};
pub use scope_layer::{RequestScopeLayer, RequestScopeService};
#[cfg(feature = "security")]
pub use security::{ApiKey, ApiKeyLocation, ApiKeyScheme, Basic, Bearer, Unauthorized};
pub use serve::{Serve, ServeError, serve};
#[cfg(feature = "openapi")]
pub(crate) use spec::{Around, GuardSpec};
pub use spec::{
    EndpointSpec, Injected, Known, ParameterSpec, Policy, Probe, ProviderKind, ProviderNode, Shape, Unknown,
    UnknownLayer, UsableFrom,
};
pub use tasks::{BackgroundTasks, DrainError, Tasks};
pub use teardown::{Outcome, Teardown};
