//! The layer of a generic argument is checked at the use of the component.

use inject_runtime::{container, repository, service};

trait Store {}

#[service]
struct Accounts;

impl Store for Accounts {}

#[repository]
struct Cached<S: Store> {
    store: S,
}

#[container]
struct App {}

fn cached(app: &App) -> Cached<Accounts> {
    app.resolve()
}

fn main() {}
