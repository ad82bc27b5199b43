//! An exception from the layers has a reason.

use inject_runtime::{repository, service};

#[service]
struct Accounts;

#[repository]
struct Users {
    #[layering(allow)]
    accounts: Accounts,
}

fn main() {}
