//! Seeds: values that stand for their providers in a scope without a request.

use super::Provided;

/// Value that can be passed into a scope without a request: the output of a provider, a request-scoped component, or
/// a `Tx`. Each dependent gets a clone, also where the provider runs for each dependent.
///
/// The trait is sealed. [`RequestScope::with`](crate::RequestScope::with) has an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not provided for requests, so it cannot be passed into a request scope",
    label = "no provider returns it, and it is not a request-scoped component",
    note = "[inject/provider] a seed stands for the provider of its type: put `#[inject]` on the function that returns a `{Self}`"
)]
pub trait Seed: sealed::Sealed + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Provided> Seed for T {}

pub(crate) mod sealed {
    use super::Provided;

    pub trait Sealed {}

    #[diagnostic::do_not_recommend]
    impl<T: Provided> Sealed for T {}
}
