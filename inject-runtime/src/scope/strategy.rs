//! How often a provider runs: once for each request, or for each dependent; and whether the scope closes its value.

use axum::{http::request::Parts, response::Response};

use super::{Scope, Teardown, outside_of_scope};

/// What happens before and after a provider of `T` runs.
#[diagnostic::on_unimplemented(
    message = "`{T}` is provided once for each request, and every dependent gets a clone: it must be `Clone`, `Send` and `Sync`",
    label = "this is what the provider returns",
    note = "[inject/provider] derive `Clone` for it; or let the provider run for each dependent: `#[inject(uncached)]`"
)]
pub trait Strategy<T> {
    /// The strategy for an [`Uncached`](super::Uncached) dependent.
    type Uncached: Strategy<T>;

    /// Looks the value up.
    ///
    /// # Errors
    ///
    /// The response of an override that rejects.
    fn before(parts: &mut Parts) -> Result<Lookup<T>, Response>;

    /// Keeps a value that was provided, for other dependents if `cache` says so, and for the scope to close it.
    fn after(parts: &mut Parts, value: T, cache: bool) -> T;
}

/// Result of looking a value up.
pub enum Lookup<T> {
    /// The request has the value.
    Hit(T),
    /// The provider has to run.
    Miss {
        /// Whether other dependents will look the value up.
        cache: bool,
    },
}

/// The provider runs once for each request.
pub enum Cached {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Strategy<T> for Cached {
    type Uncached = PerDependent;

    #[inline]
    fn before(parts: &mut Parts) -> Result<Lookup<T>, Response> {
        // An endpoint opens a scope where two dependents share a value.
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

/// The provider runs for each dependent.
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

/// The scope closes the value: one for the request or one for each dependent, before the head of the response or after its body.
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
        if let Some(scope) = parts.extensions.get::<Scope>() {
            scope.open(value.clone(), UNTIL_BODY);
        }
        if is_shared {
            cache(parts, &value);
        }
        value
    }
}

/// A value in the extensions of a request.
#[derive(Clone)]
struct CachedValue<T>(T);

#[inline]
fn has_scope(parts: &Parts) -> bool {
    parts.extensions.get::<Scope>().is_some()
}

/// The value that the request has, or that overrides its provider.
pub(crate) fn cached<T: Clone + Send + Sync + 'static>(parts: &mut Parts) -> Result<Option<T>, Response> {
    if let Some(CachedValue(value)) = parts.extensions.get::<CachedValue<T>>() {
        return Ok(Some(value.clone()));
    }
    let value = overridden(parts)?;
    if let Some(value) = &value {
        cache(parts, value);
    }
    Ok(value)
}

#[inline]
fn overridden<T: 'static>(parts: &Parts) -> Result<Option<T>, Response> {
    match parts.extensions.get::<Scope>() {
        Some(scope) => scope.overridden(parts),
        None => Ok(None),
    }
}

/// Keeps a clone of `value` for other dependents.
pub(crate) fn cache<T: Clone + Send + Sync + 'static>(parts: &mut Parts, value: &T) {
    parts.extensions.insert(CachedValue(value.clone()));
}
