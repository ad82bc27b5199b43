//! A qualified dependency is provided under its qualifier.

use inject_runtime::{container, infrastructure, repository};

#[infrastructure(layer_only)]
#[derive(Clone)]
struct Pool;

struct Replica;

#[repository]
struct Users {
    #[qualifier(Replica)]
    pool: Pool,
}

#[container]
struct App {
    #[provided]
    pool: Pool,
}

fn users(app: &App) -> Users {
    app.inject()
}

fn main() {}
