//! `#[external]` is for types without a layer: it does not waive a rule without a reason.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[service]
struct Accounts;

#[repository]
struct Users {
    #[external]
    accounts: Arc<Accounts>,
}

fn main() {}
