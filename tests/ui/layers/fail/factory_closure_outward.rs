//! A closure is a factory as well. A type of another crate counts as infrastructure.

use std::sync::Arc;

use inject_runtime::{container, repository};

#[repository]
struct Users;

type Shared<T> = Arc<T>;

#[container]
struct App {
    users: Arc<Users>,
    #[factory(|_users: Shared<Users>| 7)]
    count: u64,
}

fn main() {}
