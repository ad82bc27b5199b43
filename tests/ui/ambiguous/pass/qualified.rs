//! A qualifier tells two values of one type apart.

use inject_runtime::{Qualified, container, in_layer, layer::Infrastructure, repository};

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Pool(&'static str);

struct Replica;

#[repository]
struct Users {
    pool: Pool,
    #[qualifier(Replica)]
    replica: Pool,
}

#[container]
struct App {
    #[input]
    pool: Pool,
    #[input]
    #[qualifier(Replica)]
    replica: Pool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let inputs = AppInputs { pool: Pool("primary"), replica: Pool("replica") };
    let app = App::builder(inputs).build().await.expect("nothing can fail");
    let users: Users = app.resolve();
    assert_eq!((users.pool.0, users.replica.0), ("primary", "replica"));
    let replica: Qualified<Pool, Replica> = app.resolve();
    assert_eq!(replica.0, "replica");
}
