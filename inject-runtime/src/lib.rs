#![doc = include_str!("../docs/crate.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Expansions name this crate by its absolute path, also in its own documentation tests.
extern crate self as inject_runtime;

mod container;
mod error;
#[cfg(feature = "axum")]
mod extract;
mod factory;
mod field;
pub mod graph;
mod hook;
mod injectable;
pub mod layer;
mod lifecycle;
#[cfg(feature = "openapi")]
pub mod openapi;
mod plan;
mod qualifier;
#[cfg(feature = "axum")]
mod request;

#[cfg(feature = "axum")]
pub use inject_macros::{Role, delete, get, head, options, patch, post, put, require_role, route, routes};
pub use inject_macros::{
    common, component, container, in_layer, infrastructure, inject, layer, repository, service,
};

// The derive macro, and beside it the struct of the same name.
#[cfg(feature = "axum")]
pub use inject_macros::Problem;

#[cfg(feature = "security")]
pub use crate::request::{ApiKey, ApiKeyLocation, ApiKeyScheme, Basic, Bearer, Unauthorized};

#[cfg(all(feature = "axum", feature = "sqlx"))]
pub use crate::request::tx;
pub use crate::{
    container::{Container, Source},
    error::{BuildError, ShutdownError, ShutdownFailure, ShutdownFailureReason},
    graph::Graph,
    injectable::{BoxError, Component, Injectable},
    layer::{Layer, Layered, MayDependOn},
    qualifier::Qualified,
};
#[cfg(feature = "axum")]
pub use crate::{
    extract::Inject,
    request::{
        Authorized, BackgroundTasks, DrainError, MissingRole, Outcome, Policy, Principal, Problem,
        ProblemKind, Proof, ProviderOverride, RequestScope, RequestScopeLayer, RequestScopeService, Role,
        RoleCheck, RouteInfo, RouteTable, Routes, ScopeError, Serve, ServeError, Tasks, Teardown, ToProblem,
        Uncached, serve,
    },
};

/// What expansions name. Not part of the public interface: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::sync::Arc;

    pub use crate::{
        container::{Field, Slot, read},
        factory::{FactoryCall, Yields},
        field::{
            Bind, BindAll, BoundAmongOthers, BoundField, ComponentField, FieldSpec, Implementation, Step,
            Stop, dependencies, make, nodes,
        },
        graph::{ComponentNode, Dependency, DependencyOf, FieldNode, Graph, LayerOf, Node, Unlayered},
        hook::{HookCall, HookFuture},
        injectable::{Absent, ByValue, Conditional, Construction, Constructor, InPlace, OnStart, rejected},
        lifecycle::{DEFAULT_DEADLINE, shut_down, start},
        plan::{Message, Plan},
    };

    #[cfg(feature = "axum")]
    pub use axum::{
        body::Body,
        extract::{FromRequestParts, OptionalFromRequestParts, Request},
        http::{StatusCode, request::Parts},
        response::{IntoResponse, Response},
    };

    #[cfg(feature = "axum")]
    pub use crate::graph::{NodeOf, NotProvided};

    #[cfg(feature = "axum")]
    pub use crate::request::{
        AnyOf, Before, BeforeBody, BodyParameter, Describe, Described, EachTime, Endpoint, EndpointSpec,
        Failure, Injected, Known, LastParameter, Leased, Once, OneRequest, Outlives, Overlap, Parameter,
        ParameterSpec, Policy, Probe, Provided, Provider, ProviderKind, ProviderNode, Reject, RoleGuard,
        Shape, Strategy, Undescribed, Unknown, UnknownLayer, UsableFrom, all_kinds, answer, argument,
        assembled, authorize, extracted, handed, named_status, numbered_status, optional, overlap, resolve,
        returned,
    };
}
