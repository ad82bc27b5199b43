#![doc = include_str!("../docs/crate.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Expansions name this crate by its absolute path, also in its own documentation tests.
extern crate self as inject_runtime;

// Each module imports only from the modules before it: see `[package.metadata.inject]` in the manifest.
#[cfg(feature = "axum")]
mod attempt;
mod boxed;
mod const_message;
#[cfg(feature = "axum")]
mod endpoint_label;
pub mod layer;
mod location;
mod panic;
mod qualifier;

#[cfg(feature = "axum")]
mod problem;

#[cfg(feature = "axum")]
mod policy;

#[cfg(feature = "openapi")]
mod operation;

#[cfg(feature = "axum")]
mod metadata;

mod container;
pub mod graph;
mod injectable;

#[cfg(feature = "axum")]
mod frame;

#[cfg(feature = "axum")]
mod extract;

#[cfg(feature = "security")]
mod credentials;

#[cfg(feature = "axum")]
mod access;

#[cfg(feature = "axum")]
mod scope;

#[cfg(all(feature = "axum", feature = "sqlx"))]
pub mod tx;

#[cfg(feature = "openapi")]
pub mod openapi;

#[cfg(feature = "axum")]
mod routing;

// The derive macros; `HasContainer`, `Problem` and `Role` also name traits and a struct.
pub use inject_macros::{
    HasContainer, common, component, container, in_layer, infrastructure, inject, layer, module, repository,
    service,
};
#[cfg(feature = "axum")]
pub use inject_macros::{
    Problem, Role, around, delete, get, head, options, patch, post, put, require, require_role, route,
    routes, transaction,
};

#[cfg(feature = "security")]
pub use crate::credentials::{
    ApiKey, ApiKeyLocation, ApiKeyScheme, AuthScheme, Basic, Bearer, Credential, Credentials, RealmLayer,
    RealmService, SignatureVerifier, Signed, Unauthorized,
};
#[cfg(feature = "ws")]
pub use crate::scope::{SessionSocket, SessionUpgrade};
#[cfg(feature = "axum")]
pub use crate::{
    access::{
        And, Authorized, MissingRole, Or, Permits, Principal, Requirement, RequirementProof, Role, RoleProof,
    },
    extract::Inject,
    frame::{DrainError, HeadSent, Outcome, Stopping, Tasks, Teardown},
    metadata::RepeatableBody,
    policy::{Policy, RequiresCredentials, RoleCheck},
    problem::{CredentialsAbsent, Problem, ProblemKind, ToProblem},
    routing::{
        AroundInfo, ClientIp, GuardInfo, Next, ObserveLayer, ObserveService, ObservedRequest,
        PlainRouterInfo, PlainRouterSource, ProviderOverride, RouteInfo, RouteTable, Routes, Serve,
        ServeError, TrustedProxies, UnfinishedRequests, serve,
    },
    scope::{
        BackgroundTasks, Handle, HandleEnded, HandleGuard, HeaderField, NewScope, PerRequest, Port,
        RequestScope, RequestScopeLayer, RequestScopeService, ResponseHeader, ResponseParts, ScopeError,
        ScopeStream, Seed, StreamItems, TaskOutput, Uncached,
    },
};
pub use crate::{
    boxed::BoxError,
    container::{
        BuildError, Component, Container, HasContainer, Includes, Lazy, LazyError, Module, SharedIn,
        ShutdownError, ShutdownFailure, ShutdownFailureReason, Slice, Source,
    },
    graph::Graph,
    injectable::Injectable,
    layer::{Layer, Layered, MayDependOn},
    qualifier::Qualified,
};

// Traits that rustc names in notes: it writes no path before a name that the crate exports here.
#[doc(hidden)]
pub use crate::container::{Buildable, BuildableList, ImplementedBy, InPlace, OnStart, Proven, Wire};
#[cfg(feature = "axum")]
#[doc(hidden)]
pub use crate::{
    extract::{
        BeforeBody, Native, NativeNow, OfContainer, OfRuntime, OfRuntimeNow, OptionalOutput, Output,
        OutputNow, Parameter, ParameterNow, Unknown, WithoutInject,
    },
    frame::Rejection,
    metadata::{ComponentOrigin, Origin},
    routing::{
        AccessCheck, AllEndpoints, Around, AroundEntry, Endpoint, EndpointList, EndpointRequest, GuardedList,
        NextParameter, OpenAccess, ParameterAccess, ParameterList, PrincipalAccess, ScopedRequest,
    },
    scope::{
        BehindPort, BodyParameter, BoundIn, LastParameter, OfBody, OfParts, OfRequest, OneRequest, Outlives,
        ProvidedTo, Provider, ProviderNow, RequestList, TakenFrom,
    },
};

/// Items that expansions name as `__rt::Item`. Not part of the public interface: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::{sync::Arc, vec::Vec};

    #[cfg(feature = "axum")]
    pub use axum::{
        extract::{FromRequestParts, OptionalFromRequestParts},
        http::{StatusCode, request::Parts},
        response::{IntoResponse, Response},
    };

    #[cfg(feature = "axum")]
    pub use crate::{
        access::{
            And, AnyOf, Authorized, Or, Permits, Requirement, RequirementProof, Role, RoleGuard, RoleProof,
            authorize, permit,
        },
        extract::{
            BeforeBody, GuardParameter, Known, Output, Parameter, ParameterNow, Sort, Sorted, is_sync, sort,
        },
        frame::{Provision, RequestContext},
        graph::{NodeOf, NotProvided},
        metadata::{
            AroundSpec, Describable, Documentation, EndpointSpec, EndsWithHead, ExtractedIn, Fallback,
            Injected, LevelOf, Method, ParameterKind, ParameterSpec, Probe, ProviderKind, ProviderNode,
            ProviderOutput, Repeated, RepeatedIn, Repetition, ReturnFallback, Returned, ReturnedError,
            ReturnedTuple, ScopeUsage, Stated, TransactionHandle, TransactionLevel, TransactionSpec,
            TypeDescription, UsableFrom, argument, check_path_arity, describe_errors, first_ending, outlived,
            policy_error, reject_outlived, reject_policy, repetition, returned, stated_policy,
        },
        policy::{Policy, RoleCheck, all_checks, any_checks},
        problem::{
            ErrorListFallback, Failure, ListedErrors, Problem, ProblemKind, ProblemVariant, ProblemVariants,
            ToProblem, all_kinds, named_status, numbered_status,
        },
        routing::{
            AllEndpoints, Answer, Around, AroundEntry, AroundRequest, Call, Chain, Endpoint, EndpointMeta,
            EndpointRequest, Guards, NextParameter, OpenAccess, Routes, answer, build_routes, overlap,
            parameter_access, principal_access, proof_of, reject_overlap, respond,
        },
        scope::{
            BodyParameter, BoundIn, BoundPerRequest, Cached, LastParameter, Lookup, NoLast, OfBody,
            OneRequest, Outlives, PerDependent, PerRequest, Port, Provided, ProvidedTo, Provider,
            ProviderNow, Reject, RequestList, Resource, Strategy, extract, optional, provide_port,
        },
    };
    pub use crate::{
        boxed::{BoxFuture, Boxed},
        container::{
            Behind, Bind, BindAll, BoundAmongOthers, BoundField, BuildError, BuildableList, BuildableLists,
            ByValue, Choice, Collects, Component, ComponentField, Construction, Constructor,
            ConstructorByValue, Container, Contributes, Contribution, DEFAULT_DEADLINE, DifferentLayers,
            FactoryCall, Field, FieldLayer, FieldSpec, Foreign, HasContainer, HookCall, HookFuture,
            Implementation, ImplementedBy, InPlace, IncludedField, IncludedIn, IncludedModule, Includes,
            LayersOf, LazyBoundField, LazyComponentField, Module, ModuleSlot, NoContribution, NotOffered,
            OfAnotherLayer, OfNoLayer, Offered, OnStart, Plan, Proven, SharedBinding, SharedContainer,
            SharedImplementation, SharedIn, ShutdownError, SingletonByValue, Slice, Slot, Source,
            StateByValue, Stop, TakenField, UNRESTRICTED, WithinLayers, Yields, attach_factory, bind_map,
            binding_rule, choose, contribute, contributor_count, contributors, dependencies, joined, make,
            nodes, not_kept, owned, put, read, reject_cycle, rejected, shut_down, start, start_only,
            stop_lazy,
        },
        graph::{
            ComponentNode, Dependency, DependencyOf, FieldNode, Graph, LayerOf, Node, Unlayered, reject_layer,
        },
        injectable::{Absent, Conditional, Injectable},
        layer::{self, Allows, External, Layer, Layered, MayDependOn},
        location::Location,
        qualifier::{Decorated, Qualified},
    };
}
