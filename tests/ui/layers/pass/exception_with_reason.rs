//! An exception from the layers with a reason compiles.

use inject_runtime::{repository, service};

#[service]
struct Accounts;

#[repository]
struct Users {
    #[layering(allow, reason = "until accounts are split, #42")]
    accounts: Accounts,
}

fn main() {
    let Users { accounts: Accounts } = Users::new(Accounts::new());
}
