//! A qualified dependency is provided under its qualifier.

use inject_runtime::{container, in_layer, layer::Infrastructure, repository};

#[in_layer(Infrastructure)]
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
    #[input]
    pool: Pool,
}

fn users(app: &App) -> Users {
    app.resolve()
}

fn main() {}
