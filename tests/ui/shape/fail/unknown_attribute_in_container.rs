//! A misspelled attribute of a field of a container. The field can be injected nevertheless.

use inject_runtime::{container, infrastructure};

#[derive(Clone)]
struct Pool;

#[infrastructure]
struct Database {
    #[external]
    pool: Pool,
}

#[container]
struct App {
    #[facotry(connect)]
    pool: Pool,
}

async fn connect() -> Pool {
    Pool
}

fn database(app: &App) -> Database {
    app.resolve()
}

fn main() {}
