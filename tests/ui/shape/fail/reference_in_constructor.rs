//! A dependency is owned, in a constructor as well.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[repository]
pub struct Books;

pub struct Library;

#[service]
impl Library {
    #[inject]
    pub fn new(_books: &Arc<Books>) -> Self {
        Self
    }
}

fn main() {}
