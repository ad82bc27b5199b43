//! Routing: assembly of endpoints, guards and request scopes into an axum router, and the server that runs it.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod around;
mod assemble;
mod check;
mod description;
mod endpoint;
mod extraction;
mod guard;
mod handler;
mod list;
mod overlap;
mod path;
mod provider_override;
mod routes;
mod serve;
mod service;
mod stated_roles;
mod table;
mod table_json;
mod tree;

pub use self::{
    around::{Around, AroundEntry, AroundRequest, Next, NextParameter},
    endpoint::{Endpoint, EndpointMeta},
    extraction::{Chain, EndpointRequest, Guards, extract_all, extract_guarded, extract_with_principal},
    handler::{Answer, Call, respond},
    list::{AllEndpoints, EndpointList, proof_of},
    overlap::{overlap, reject_overlap},
    provider_override::ProviderOverride,
    routes::{Routes, build_routes},
    serve::{ClientIp, Serve, ServeError, TrustedProxies, UnfinishedRequests, serve},
    table::{AroundInfo, GuardInfo, PlainRouterInfo, PlainRouterSource, RouteInfo, RouteTable},
};
