//! What is made from a repository is not `Common`: a provider with an exception states its layer.

use inject_runtime::{Inject, inject, repository};

#[repository]
#[derive(Clone)]
pub struct Users;

#[derive(Clone)]
pub struct CurrentUser(pub Users);

#[inject]
pub fn current_user(
    #[layering(allow, reason = "one query for each request")] Inject(users): Inject<Users>,
) -> CurrentUser {
    CurrentUser(users)
}

fn main() {}
