//! The message shows the chain of dependents of a missing dependency.

use std::sync::Arc;

use inject_runtime::{container, in_layer, layer::Infrastructure, repository, service};

#[in_layer(Infrastructure)]
struct Pool;

#[repository]
struct Users {
    pool: Arc<Pool>,
}

#[service]
struct Accounts {
    users: Users,
}

#[service]
struct Signup {
    accounts: Accounts,
}

#[container]
struct App {}

fn signup(app: &App) -> Signup {
    app.resolve()
}

fn main() {}
