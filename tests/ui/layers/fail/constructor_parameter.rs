//! The parameters of a constructor are dependencies, too.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[service]
struct Accounts;

struct Users;

#[repository]
impl Users {
    #[inject]
    fn new(accounts: Arc<Accounts>) -> Self {
        drop(accounts);
        Self
    }
}

fn main() {}
