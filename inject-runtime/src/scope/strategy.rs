//! Strategies of providers: once for each request, or for each dependent; with or without a teardown by the
//! scope.

use crate::frame::{Found, Provision, RequestContext, SlotIndex, Teardown, outside_of_scope};

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
    /// Returns the rejection of an override.
    fn before<C>(context: &mut RequestContext<'_, C>) -> Provision<Lookup<T>>;

    /// Keeps a provided value: in its slot, for the other dependents, and in the scope, if the scope closes it.
    fn after<C>(context: &mut RequestContext<'_, C>, value: T, slot: SlotIndex) -> T;
}

/// Result of looking up a value.
pub enum Lookup<T> {
    /// The request has the value.
    Hit(T),
    /// The provider must run. Its value belongs into this slot.
    Miss(SlotIndex),
}

/// Strategy of a provider that runs once for each request.
pub enum Cached {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Strategy<T> for Cached {
    type Uncached = PerDependent;

    #[inline]
    fn before<C>(context: &mut RequestContext<'_, C>) -> Provision<Lookup<T>> {
        cached(context)
    }

    #[inline]
    fn after<C>(context: &mut RequestContext<'_, C>, value: T, slot: SlotIndex) -> T {
        context.frame.keep(slot, &value);
        value
    }
}

/// Strategy of a provider that runs for each dependent.
pub enum PerDependent {}

impl<T: 'static> Strategy<T> for PerDependent {
    type Uncached = Self;

    #[inline]
    fn before<C>(context: &mut RequestContext<'_, C>) -> Provision<Lookup<T>> {
        let found = overridden(context)?;
        Ok(found.map_or(Lookup::Miss(SlotIndex::NOT_SHARED), Lookup::Hit))
    }

    #[inline]
    fn after<C>(_: &mut RequestContext<'_, C>, value: T, _: SlotIndex) -> T {
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

    fn before<C>(context: &mut RequestContext<'_, C>) -> Provision<Lookup<T>> {
        if !context.frame.is_scope() {
            return Err(outside_of_scope::<T>());
        }
        if IS_CACHED { cached(context) } else { PerDependent::before(context) }
    }

    fn after<C>(context: &mut RequestContext<'_, C>, value: T, slot: SlotIndex) -> T {
        context.frame.open(value.clone(), UNTIL_BODY);
        context.frame.keep(slot, &value);
        value
    }
}

/// Returns the shared value, or the value that overrides its provider.
#[inline]
pub(crate) fn cached<T: Clone + Send + Sync + 'static, C>(
    context: &mut RequestContext<'_, C>,
) -> Provision<Lookup<T>> {
    let slot = match context.frame.find() {
        Found::Value(value) => return Ok(Lookup::Hit(value)),
        Found::Missing(slot) => slot,
    };
    match overridden(context)? {
        Some(value) => {
            context.frame.keep(slot, &value);
            Ok(Lookup::Hit(value))
        }
        None => Ok(Lookup::Miss(slot)),
    }
}

/// Returns the value that overrides the provider of `T`, in tests.
#[inline]
pub(crate) fn overridden<T: 'static, C>(context: &RequestContext<'_, C>) -> Provision<Option<T>> {
    match context.frame.overrides() {
        Some(overrides) => overrides.get(context.parts),
        None => Ok(None),
    }
}
