//! Seeds: values that stand for their providers in a scope without a request.

use super::Provided;

/// Value that can be passed into a scope without a request: the output of a provider, a request-scoped component, or
/// a [`Tx`](crate::tx::Tx). Each dependent gets a clone.
///
/// The trait is sealed. [`RequestScope::with`](crate::RequestScope::with) has an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed into a request scope",
    label = "no provider returns it, and it is not a request-scoped component",
    note = "[inject/seed] a seed stands for the provider of its type: put `#[inject]` on a function that returns `{Self}`"
)]
pub trait Seed: sealed::Sealed + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Provided + Clone + Send + Sync> Seed for T {}

pub(crate) mod sealed {
    use super::Provided;

    pub trait Sealed {}

    #[diagnostic::do_not_recommend]
    impl<T: Provided> Sealed for T {}
}
