//! An exception to the layers says why.

use inject_runtime::{repository, service};

#[service]
struct Accounts;

#[repository]
struct Users {
    #[layering(allow)]
    accounts: Accounts,
}

fn main() {}
