//! The reason of an exception from the layers is not empty.

use inject_runtime::{repository, service};

#[service]
struct Accounts;

#[repository]
struct Users {
    #[layering(allow, reason = "")]
    accounts: Accounts,
}

fn main() {}
