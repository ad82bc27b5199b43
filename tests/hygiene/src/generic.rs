//! Generic components, in every shape of struct.

use std::{marker::PhantomData, sync::Arc};

use wiring::{container, repository, service};

/// Trait of repositories.
pub trait Store: 'static {
    /// The number of rows.
    fn rows(&self) -> usize;
}

/// A repository.
#[repository(crate = wiring)]
pub struct Users;

impl Store for Users {
    fn rows(&self) -> usize {
        1
    }
}

/// A service over any store, with a const parameter and a where clause of its own.
#[service(crate = wiring)]
pub struct Paged<R: Store, const LIMIT: usize = 10>
where
    R: Send,
{
    store: R,
}

/// A tuple struct over a generic component.
#[service(crate = wiring)]
pub struct Tuple<R: Store>(Arc<Users>, Paged<R, 5>, #[init] PhantomData<R>)
where
    R: Send;

/// A unit struct.
#[service(crate = wiring)]
pub struct Unit;

/// A component with a constructor, generic over the store.
pub struct Cached<R> {
    store: R,
}

#[service(crate = wiring)]
impl<R: Store> Cached<R> {
    /// Wraps the store.
    #[inject]
    pub fn new(store: R) -> Self {
        Self { store }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.store.rows()
    }
}

/// A port with a parameter.
#[service(crate = wiring)]
pub trait Reader<T>: Send + Sync {
    /// Reads.
    fn read(&self) -> T;
}

impl Reader<usize> for Unit {
    fn read(&self) -> usize {
        2
    }
}

/// The container.
#[container(crate = wiring)]
pub struct App {
    users: Arc<Users>,
    cached: Arc<Cached<Users>>,
    #[bind(Unit)]
    reader: Arc<dyn Reader<usize>>,
}

impl<R: Store + Send, const LIMIT: usize> Paged<R, LIMIT> {
    /// The number of pages.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.store.rows().div_ceil(LIMIT)
    }
}

/// Builds generic components by value.
#[must_use]
pub fn rows(app: &App) -> usize {
    let Tuple(shared, paged, PhantomData): Tuple<Users> = app.resolve();
    let Unit = app.resolve();
    shared.rows() + paged.pages() + app.cached.rows() + app.reader.read()
}

#[cfg(test)]
mod tests {
    use super::{App, rows};

    #[tokio::test]
    async fn generic_components_are_injected() {
        let app = App::builder().build().await.expect("nothing fails");
        assert_eq!(rows(&app), 5);
    }
}
