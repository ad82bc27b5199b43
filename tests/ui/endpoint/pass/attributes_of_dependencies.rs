//! Exceptions, foreign types and qualifiers in endpoints and providers.

use std::sync::Arc;

use inject_runtime::{Inject, Routes, container, get, inject, repository, routes};

#[repository]
pub struct Users;

pub struct Client;

pub struct Replica;

#[derive(Clone)]
pub struct Tenant;

#[inject(layer = inject_runtime::layer::Service)]
pub fn tenant(#[layering(allow, reason = "until #7")] Inject(_users): Inject<Users>) -> Tenant {
    Tenant
}

#[get("/", public)]
pub async fn index(
    _tenant: Tenant,
    #[layering(allow, reason = "until #42")] Inject(_users): Inject<Users>,
    #[external] Inject(_client): Inject<Arc<Client>>,
    #[external]
    #[qualifier(Replica)]
    Inject(_replica): Inject<Arc<Client>>,
) {
}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {
    #[input]
    pub client: Arc<Client>,
    #[input]
    #[qualifier(Replica)]
    pub replica: Arc<Client>,
}

fn main() {}
