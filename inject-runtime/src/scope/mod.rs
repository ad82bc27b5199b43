//! Request scope: providers, their strategies, and scopes around plain routes and without a request.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod background;
mod handle;
mod last_parameter;
mod layer;
mod new_scope;
mod port;
mod provider;
mod response_parts;
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
pub(crate) use self::strategy::{cached, overridden};
pub use self::{
    background::{BackgroundTasks, TaskOutput},
    handle::{Handle, HandleEnded, HandleGuard},
    last_parameter::{BodyParameter, LastParameter, NoLast, OfBody, OfParts, OfRequest},
    layer::{RequestScopeLayer, RequestScopeService},
    new_scope::NewScope,
    port::{BehindPort, BoundIn, BoundPerRequest, PerRequest, Port, RequestList, TakenFrom, provide_port},
    provider::{
        OneRequest, Outlives, Provided, ProvidedTo, Provider, ProviderNow, Reject, extract, optional,
    },
    response_parts::{HeaderField, ResponseHeader, ResponseParts},
    run::{RequestScope, ScopeError},
    seed::Seed,
    strategy::{Cached, Lookup, PerDependent, Resource, Strategy},
    stream::{ScopeStream, StreamItems},
    uncached::Uncached,
};
