//! The error of a constructor is an error.

use std::sync::Arc;

use inject_runtime::{container, service};

struct Search;

struct Broken;

#[service]
impl Search {
    #[inject]
    fn open() -> Result<Self, Broken> {
        Ok(Self)
    }
}

#[container]
struct App {
    search: Arc<Search>,
}

fn main() {}
