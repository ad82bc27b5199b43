//! Qualifiers, which distinguish two values of one type.

use std::{fmt, marker::PhantomData, ops::Deref};

/// Value of type `T` under the qualifier `Q`: the second pool, the other client.
///
/// A qualifier is any type, usually a unit struct. A field of a component or container is declared as
/// `#[qualifier(Replica)] replica: SqlitePool` and holds the plain value. The wrapper is for places that
/// accept no attributes, such as the parameters of a factory:
///
/// ```
/// use inject_runtime::{Qualified, container};
///
/// pub struct Legacy;
///
/// fn greeting(name: Qualified<&'static str, Legacy>) -> String {
///     format!("hello {}", *name)
/// }
///
/// #[container]
/// pub struct App {
///     #[input]
///     #[qualifier(Legacy)]
///     name: &'static str,
///     #[factory(greeting)]
///     greeting: String,
/// }
/// ```
pub struct Qualified<T, Q> {
    value: T,
    qualifier: PhantomData<fn() -> Q>,
}

impl<T, Q> Qualified<T, Q> {
    /// Wraps `value` in the qualifier.
    pub const fn new(value: T) -> Self {
        Self { value, qualifier: PhantomData }
    }

    /// Returns the value without its qualifier.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T, Q> Deref for Qualified<T, Q> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Clone, Q> Clone for Qualified<T, Q> {
    fn clone(&self) -> Self {
        Self::new(self.value.clone())
    }
}

impl<T: fmt::Debug, Q> fmt::Debug for Qualified<T, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Qualifier of the port that the component `D` decorates: a field under `#[decorated]`, and what a binding puts
/// into it.
pub struct Decorated<D>(PhantomData<fn() -> D>);
