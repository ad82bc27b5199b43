//! Routing: assembly of endpoints, guards and request scopes into an axum router, and the server that runs it.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod access_check;
mod answer;
mod around;
mod assemble;
mod attempts;
mod check;
mod description;
mod endpoint;
mod guard;
mod handler;
mod hold_and_wait;
mod list;
mod observe;
mod overlap;
mod parameters;
mod path;
mod provider_override;
mod recorded_body;
mod routes;
mod serve;
mod service;
mod stated_roles;
mod table;
mod table_json;
mod tree;

pub use self::{
    access_check::{
        AccessCheck, OpenAccess, ParameterAccess, PrincipalAccess, ScopedRequest, parameter_access,
        principal_access,
    },
    answer::{EndpointRequest, answer},
    around::{Around, AroundEntry, AroundRequest, Next, NextParameter},
    endpoint::{Endpoint, EndpointMeta},
    handler::{Answer, Call, respond},
    list::{AllEndpoints, EndpointList, proof_of},
    observe::{ObserveLayer, ObserveService, ObservedRequest},
    overlap::{overlap, reject_overlap},
    parameters::{Chain, GuardedList, Guards, ParameterList},
    provider_override::ProviderOverride,
    routes::{Routes, build_routes},
    serve::{ClientIp, Serve, ServeError, TrustedProxies, UnfinishedRequests, serve},
    table::{AroundInfo, GuardInfo, PlainRouterInfo, PlainRouterSource, RouteInfo, RouteTable},
};
