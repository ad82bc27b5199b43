//! Strategies of providers: once for each request, or for each dependent; with or without a teardown by the
//! scope.

use axum::{http::request::Parts, response::Response};

use super::{Scope, Teardown, outside_of_scope};

/// Strategy of a provider of `T`: the steps before and after it runs.
#[diagnostic::on_unimplemented(
    message = "`{T}` is provided once for each request, and every dependent gets a clone: it must be `Clone`, `Send` and `Sync`",
    label = "this is what the provider returns",
    note = "[inject/provider] derive `Clone` for it; or let the provider run for each dependent: `#[inject(uncached)]`"
)]
pub trait Strategy<T> {
    /// Strategy for an [`Uncached`](super::Uncached) dependent.
    type Uncached: Strategy<T>;

    /// Looks up the value.
    ///
    /// # Errors
    ///
    /// Returns the response of an override that rejects.
    fn before(parts: &mut Parts) -> Result<Lookup<T>, Response>;

    /// Stores a provided value: in the cache, if `cache` is set, and in the scope, if the scope closes it.
    fn after(parts: &mut Parts, value: T, cache: bool) -> T;
}

/// Result of looking up a value.
pub enum Lookup<T> {
    /// The request has the value.
    Hit(T),
    /// The provider must run.
    Miss {
        /// Whether other dependents will look up the value.
        cache: bool,
    },
}

/// Strategy of a provider that runs once for each request.
pub enum Cached {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Strategy<T> for Cached {
    type Uncached = PerDependent;

    #[inline]
    fn before(parts: &mut Parts) -> Result<Lookup<T>, Response> {
        // An endpoint opens a scope if two dependents share a value.
        let shared = has_scope(parts);
        if shared && let Some(value) = cached(parts)? {
            return Ok(Lookup::Hit(value));
        }
        Ok(Lookup::Miss { cache: shared })
    }

    #[inline]
    fn after(parts: &mut Parts, value: T, is_shared: bool) -> T {
        if is_shared {
            cache(parts, &value);
        }
        value
    }
}

/// Strategy of a provider that runs for each dependent.
pub enum PerDependent {}

impl<T: 'static> Strategy<T> for PerDependent {
    type Uncached = Self;

    #[inline]
    fn before(parts: &mut Parts) -> Result<Lookup<T>, Response> {
        let found: Option<T> = overridden(parts)?;
        Ok(found.map_or(Lookup::Miss { cache: false }, Lookup::Hit))
    }

    #[inline]
    fn after(_: &mut Parts, value: T, _: bool) -> T {
        value
    }
}

/// Strategy of a provider whose value the scope closes: one value for the request or for each dependent,
/// closed before the head of the response or after its body.
pub enum Resource<const IS_CACHED: bool, const UNTIL_BODY: bool> {}

impl<T, const IS_CACHED: bool, const UNTIL_BODY: bool> Strategy<T> for Resource<IS_CACHED, UNTIL_BODY>
where
    T: Teardown + Clone + Send + Sync,
{
    type Uncached = Resource<false, UNTIL_BODY>;

    fn before(parts: &mut Parts) -> Result<Lookup<T>, Response> {
        if !has_scope(parts) {
            return Err(outside_of_scope::<T>());
        }
        let found: Option<T> = if IS_CACHED { cached(parts)? } else { overridden(parts)? };
        Ok(found.map_or(Lookup::Miss { cache: IS_CACHED }, Lookup::Hit))
    }

    fn after(parts: &mut Parts, value: T, is_shared: bool) -> T {
        if let Some(scope) = Scope::of(&parts.extensions) {
            scope.open(value.clone(), UNTIL_BODY);
        }
        if is_shared {
            cache(parts, &value);
        }
        value
    }
}

#[inline]
fn has_scope(parts: &Parts) -> bool {
    Scope::of(&parts.extensions).is_some()
}

/// Returns the cached value, or the value that overrides its provider.
pub(crate) fn cached<T: Clone + Send + Sync + 'static>(parts: &mut Parts) -> Result<Option<T>, Response> {
    let Some(scope) = Scope::of(&parts.extensions) else { return Ok(None) };
    if let Some(value) = scope.value() {
        return Ok(Some(value));
    }
    let value = scope.overridden(parts)?;
    if let Some(value) = &value {
        scope.keep(value);
    }
    Ok(value)
}

#[inline]
fn overridden<T: 'static>(parts: &Parts) -> Result<Option<T>, Response> {
    match Scope::of(&parts.extensions) {
        Some(scope) => scope.overridden(parts),
        None => Ok(None),
    }
}

/// Caches a clone of `value` for other dependents.
pub(crate) fn cache<T: Clone + Send + Sync + 'static>(parts: &Parts, value: &T) {
    if let Some(scope) = Scope::of(&parts.extensions) {
        scope.keep(value);
    }
}
