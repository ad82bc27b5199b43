//! Values in place of those of providers: overrides of tests, and seeds of scopes without a request.

use std::{
    any::{Any, TypeId},
    sync::Arc,
};

use axum::http::request::Parts;

use super::Rejection;

/// Values that override providers, by type.
#[derive(Clone, Default)]
pub(crate) struct Overrides(Vec<(TypeId, Arc<dyn Any + Send + Sync>)>);

/// Function that returns the value in place of a provider.
type Override<T> = Box<dyn Fn(&Parts) -> Result<T, Rejection> + Send + Sync>;

impl Overrides {
    pub(crate) fn set<T: 'static>(
        &mut self,
        value: impl Fn(&Parts) -> Result<T, Rejection> + Send + Sync + 'static,
    ) {
        let value: Override<T> = Box::new(value);
        self.0.retain(|(id, _)| *id != TypeId::of::<T>());
        self.0.push((TypeId::of::<T>(), Arc::new(value)));
    }

    /// Sets a value. Each dependent gets a clone.
    pub(crate) fn seed<T: Clone + Send + Sync + 'static>(&mut self, value: T) {
        self.set(move |_| Ok(value.clone()));
    }

    /// Adds the overrides of `other` for types that are not overridden here.
    pub(crate) fn merge(&mut self, other: Self) {
        for (id, value) in other.0 {
            if !self.0.iter().any(|(existing, _)| *existing == id) {
                self.0.push((id, value));
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get<T: 'static>(&self, parts: &Parts) -> Result<Option<T>, Rejection> {
        let found = self.0.iter().find(|(id, _)| *id == TypeId::of::<T>());
        match found.and_then(|(_, value)| value.downcast_ref::<Override<T>>()) {
            Some(value) => value(parts).map(Some),
            None => Ok(None),
        }
    }
}
