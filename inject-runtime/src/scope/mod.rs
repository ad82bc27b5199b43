//! Request scope: providers, their strategies, and scopes around plain routes and without a request.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod background;
mod last_parameter;
mod layer;
mod new_scope;
mod provider;
mod run;
mod seed;
#[cfg(feature = "ws")]
mod session;
mod stopping;
mod strategy;
mod stream;
mod uncached;

pub(crate) use self::layer::Enclosing;
#[cfg(feature = "sqlx")]
pub(crate) use self::seed::sealed;
#[cfg(feature = "ws")]
pub use self::session::{SessionSocket, SessionUpgrade};
#[cfg(feature = "sqlx")]
pub(crate) use self::strategy::cached;
pub use self::{
    background::{BackgroundTasks, TaskOutput},
    last_parameter::{BodyParameter, LastParameter, NoLast, OfBody, OfParts, OfRequest},
    layer::{RequestScopeLayer, RequestScopeService},
    new_scope::NewScope,
    provider::{OneRequest, Outlives, Provided, Provider, ProviderNow, Reject, extract, optional},
    run::{RequestScope, ScopeError},
    seed::Seed,
    strategy::{Cached, Lookup, PerDependent, Resource, Strategy},
    stream::{ScopeStream, StreamItems},
    uncached::Uncached,
};
