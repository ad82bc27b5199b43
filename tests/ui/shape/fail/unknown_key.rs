//! The error of an unknown key suggests the nearest one.

use inject_runtime::{repository, service};

#[service]
struct Accounts;

#[repository]
struct Users {
    #[layering(allow, raeson = "until #42")]
    accounts: Accounts,
}

fn main() {}
