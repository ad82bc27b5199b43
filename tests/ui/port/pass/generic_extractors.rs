//! Fields of generic components: parameters, what contains them, extractors of axum, extractors by hand.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use inject_runtime::{Inject, Port, Routes, common, container, get, routes, service, PerRequest};
use std::{convert::Infallible, marker::PhantomData};

pub struct Page<T>(PhantomData<T>);

impl<S: Sync, T> FromRequestParts<S> for Page<T> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(PhantomData))
    }
}

#[service(scope = request)]
pub trait Names<T>: Send {
    fn first(&self) -> Option<T>;
}

#[service(scope = request)]
pub struct NoNames {}

impl<T> Names<T> for NoNames {
    fn first(&self) -> Option<T> {
        None
    }
}

#[common]
pub struct Clock;

#[service(scope = request)]
pub struct Inner<U: Send> {
    user: U,
}

#[service(scope = request)]
pub struct Outer<U: Send, T: serde::de::DeserializeOwned + Send + 'static> {
    inner: Inner<U>,
    names: Port<dyn Names<T>>,
    clock: Inject<Clock>,
    #[external]
    page: Page<T>,
    #[external]
    query: Query<T>,
    #[init]
    marker: PhantomData<T>,
}

#[get("/", public)]
pub async fn index(outer: Outer<NoNames, String>) {
    let Outer { inner, names, clock, page, query, marker } = outer;
    let _ = (inner.user, names.first(), clock, page, query, marker);
}

#[container]
pub struct App {
    #[bind(NoNames)]
    names: PerRequest<dyn Names<String>>,
}

fn all() -> Routes<App> {
    routes![index]
}

fn main() {
    let _ = all;
}
