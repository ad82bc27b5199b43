//! A dependency is owned.

use inject_runtime::{repository, service};

#[repository]
pub struct Books;

#[service]
pub struct Library {
    _books: &Books,
}

fn main() {}
