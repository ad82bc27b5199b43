//! A provider is judged from the layer that it states, and so is its output.

use inject_runtime::{Inject, get, inject, layer, repository, service};

#[repository]
pub struct Users;

#[service]
pub struct Accounts;

#[derive(Clone)]
pub struct Names;

#[inject(layer = layer::Repository)]
pub fn names(_accounts: Inject<Accounts>) -> Names {
    Names
}

#[get("/names", public)]
pub async fn list(_names: Names) {}

fn main() {}
