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
mod plan;
mod qualifier;
#[cfg(feature = "axum")]
mod request;

pub use inject_macros::{component, container, infrastructure, inject, layer, repository, service, shared};

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
    request::{Outcome, Teardown},
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
}
