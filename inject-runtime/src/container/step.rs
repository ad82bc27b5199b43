//! Steps of a start: one field each.

use super::{Container, Field, wiring::Construction};
use crate::boxed::{BoxError, BoxFuture};

/// Starts to build one field.
pub(crate) type Construct<C> = fn(&<C as Container>::Builder) -> Step<C>;

/// A step of the start: one field, in its slot or on its way.
pub enum Step<C: Container> {
    /// The slot is filled, or will never be.
    Done(Result<(), BoxError>),
    /// The value is still to be awaited.
    Pending(BoxFuture<'static, Result<Fill<C>, BoxError>>),
}

/// Puts a value into its slot.
pub(crate) type Fill<C> = Box<dyn FnOnce(&<C as Container>::Builder) + Send>;

impl<C: Container> Step<C> {
    /// Fills the slot of field `K` with what `hold` makes of the constructed `T`, now or when it is there.
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
