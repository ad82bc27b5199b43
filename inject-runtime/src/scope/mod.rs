//! Request scope: providers, their strategies, and scopes around plain routes and without a request.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod background;
mod handle;
mod last_parameter;
mod layer;
mod port;
mod provider;
mod response_parts;
mod run;
mod stopping;
mod strategy;
mod uncached;

pub(crate) use self::layer::Enclosing;
#[cfg(feature = "sqlx")]
pub(crate) use self::strategy::{cached, overridden};
pub use self::{
    background::BackgroundTasks,
    handle::{Handle, HandleEnded, HandleGuard},
    last_parameter::{BodyParameter, LastParameter, NoLast, OfBody, OfParts, OfRequest},
    layer::{RequestScopeLayer, RequestScopeService},
    port::{BehindPort, BoundIn, BoundPerRequest, PerRequest, Port, RequestList, TakenFrom, provide_port},
    provider::{
        OneRequest, Outlives, Provided, ProvidedTo, Provider, ProviderNow, Reject, extract, optional,
    },
    response_parts::{HeaderField, ResponseHeader, ResponseParts},
    run::{RequestScope, ScopeError},
    strategy::{Cached, Lookup, PerDependent, Resource, Strategy},
    uncached::Uncached,
};
