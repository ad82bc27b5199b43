//! Types and traits of the runtime are in scope, so that the qualified paths of expansions are longer than necessary.

use std::sync::Arc;

use wiring::{
    Component, Container, Injectable, Layer, Layered, MayDependOn, Qualified, Source, container, layer,
    layer::Service, service,
};

/// A layer.
#[layer(crate = wiring, may_depend_on(Service))]
pub struct Domain;

/// A component.
#[service(crate = wiring)]
pub struct Clock;

/// The container.
#[container(crate = wiring)]
pub struct App {
    clock: Arc<Clock>,
}

/// Uses the imports.
#[must_use]
pub fn clock<C: Container, S: Source<C>>(source: &S) -> (Clock, Option<Qualified<Clock, Domain>>)
where
    Clock: Injectable<C> + Component + Layered<Layer: Layer + MayDependOn<Service>>,
{
    (Clock::inject(source), None)
}
