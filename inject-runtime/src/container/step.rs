//! Steps of a start, one for each field.

use super::{Container, Field, wiring::Construction};
use crate::boxed::{BoxError, BoxFuture};

/// Function that starts the construction of one field.
pub(crate) type Construct<C> = fn(&<C as Container>::Builder) -> Step<C>;

/// Step of a start: one field, built or under construction.
pub enum Step<C: Container> {
    /// The slot is filled, or the construction failed.
    Done(Result<(), BoxError>),
    /// Future of the value.
    Pending(BoxFuture<'static, Result<Fill<C>, BoxError>>),
}

/// Function that puts a value into its slot.
pub(crate) type Fill<C> = Box<dyn FnOnce(&<C as Container>::Builder) + Send>;

impl<C: Container> Step<C> {
    /// Fills the slot of field `K` with the result of `hold`, now or when the constructed `T` is available.
    pub(crate) fn of<K, T: 'static>(
        builder: &C::Builder,
        construction: Construction<T>,
        hold: fn(T) -> C::Value,
    ) -> Self
    where
        C: Field<K>,
    {
        match construction {
            Construction::Ready(result) => Self::Done(result.map(|value| C::slot(builder).fill(hold(value)))),
            Construction::Pending(future) => Self::Pending(Box::pin(async move {
                let value = hold(future.await?);
                Ok(Box::new(move |builder: &C::Builder| C::slot(builder).fill(value)) as Fill<C>)
            })),
        }
    }
}
