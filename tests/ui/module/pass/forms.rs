//! The forms of the fields of a module.

use std::sync::Arc;

use inject_runtime::{Includes, Injectable, Lazy, Qualified, container, module, service};

#[service]
struct Private {}

#[service]
pub struct Index {
    private: Arc<Private>,
    #[qualifier(Title)]
    #[external]
    title: &'static str,
    #[cfg(any())]
    #[external]
    absent: Missing,
}

pub struct Title;

fn name() -> Arc<String> {
    Arc::new(String::new())
}

#[module]
pub struct Catalog {
    #[required]
    #[qualifier(Title)]
    title: &'static str,
    #[cfg(any())]
    #[required]
    absent: Missing,
    #[cfg(not(any()))]
    #[required]
    number: u8,
    private: Arc<Private>,
    index: Arc<Index>,
    lazy: Lazy<Arc<Index>>,
    #[factory(name)]
    #[private]
    name: Arc<String>,
}

#[module]
struct Empty {}

macro_rules! application {
    ($($name:ident: $ty:ty),*) => {
        #[container]
        struct App {
            #[input]
            #[qualifier(Title)]
            title: &'static str,
            #[input]
            number: u8,
            $(#[include] $name: $ty,)*
        }
    };
}

application!(catalog: Arc<Catalog>, empty: std::sync::Arc<Empty>);

/// A feature whose routes need a type of another crate says so beside its module.
fn generic<C>(container: &C) -> (Arc<Index>, Qualified<&'static str, Title>)
where
    C: Includes<Catalog>,
    Qualified<&'static str, Title>: Injectable<C, inject_runtime::layer::External>,
{
    (Injectable::<C>::inject(container), Injectable::<C, inject_runtime::layer::External>::inject(container))
}

fn main() {
    let _: fn(&App) -> _ = generic::<App>;
}
