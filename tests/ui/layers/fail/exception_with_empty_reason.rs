//! An exception to the layers says why, in words.

use inject_runtime::{repository, service};

#[service]
struct Accounts;

#[repository]
struct Users {
    #[layering(allow, reason = "")]
    accounts: Accounts,
}

fn main() {}
