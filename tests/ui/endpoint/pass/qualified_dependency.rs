//! A qualified dependency needs only the qualified field of the container.

use std::sync::Arc;

use inject_runtime::{Inject, Routes, container, get, routes, service};

pub struct Client;

pub struct Replica;

#[service(scope = request)]
pub struct Reports {
    #[external]
    #[qualifier(Replica)]
    _replica: Inject<Arc<Client>>,
}

#[get("/", public)]
pub async fn index(#[external] #[qualifier(Replica)] Inject(_replica): Inject<Arc<Client>>, _reports: Reports) {}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {
    #[input]
    #[qualifier(Replica)]
    pub replica: Arc<Client>,
}

fn main() {}
