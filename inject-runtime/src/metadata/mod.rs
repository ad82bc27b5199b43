//! Metadata of endpoints, providers and their parameters, as constants of the expansions.
//!
//! The route table, the graph and the OpenAPI document are built from it. It also determines which
//! endpoints need a request scope.

mod around;
mod describe;
mod endpoint;
mod extracted;
mod lifetime;
mod method;
mod parameter;
mod path;
mod path_arity;
mod port;
mod probe;
mod provider;
mod repetition;
mod returned;
mod role_checks;
mod scope_usage;
mod stated_policy;
mod transaction;

#[cfg(feature = "sqlx")]
pub(crate) use self::provider::{UnitHandle, UnitLevel};
#[cfg(feature = "ws")]
pub(crate) use self::repetition::TakenOnce;
#[cfg(feature = "sqlx")]
pub(crate) use self::transaction::handle;
pub use self::{
    around::AroundSpec,
    describe::TypeDescription,
    endpoint::{Documentation, EndpointSpec},
    extracted::ExtractedIn,
    lifetime::{EndsWithHead, first_ending, outlived, reject_outlived},
    method::Method,
    parameter::{Injected, ParameterKind, ParameterSpec, UsableFrom},
    path_arity::check_path_arity,
    probe::{ComponentOrigin, Describable, Fallback, Origin, Probe},
    provider::{ProviderKind, ProviderNode, ProviderOutput},
    repetition::{RepeatableBody, Repeated, RepeatedIn, Repetition, repetition},
    returned::{ReturnFallback, Returned, ReturnedError, ReturnedTuple, argument, describe_errors, returned},
    scope_usage::ScopeUsage,
    stated_policy::{Stated, policy_error, reject_policy, stated_policy},
    transaction::{LevelOf, TransactionHandle, TransactionLevel, TransactionSpec},
};
pub(crate) use self::{
    endpoint::GuardSpec,
    parameter::{Wrapper, injected},
    path::PathMismatch,
    port::{PortBinding, PortParameter, Ports},
    probe::GuardExtractor,
    role_checks::role_checks,
    scope_usage::{Asks, ComputedUsage, UnitUsage},
};
