//! Lists of the parameters of endpoints.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

use crate::{
    extract::{GuardParameter, Parameter, take_principal},
    frame::{Provision, RequestContext},
};

/// Parameters of an endpoint but the last one, as a tuple. `S` are their sorts.
pub trait ParameterList<C, S>: Sized + Send {
    /// Extracts the parameters in their order. The first parameter of the type of the principal takes the principal.
    fn extract<P: Send + 'static>(
        context: &mut RequestContext<'_, C>,
        principal: &mut Option<P>,
    ) -> impl Future<Output = Provision<Self>> + Send;
}

/// Parameters of an endpoint whose policy is stated by some of them: `G` says by which.
pub trait GuardedList<C, S, G>: ParameterList<C, S> {
    /// The values of those parameters.
    type Guards: Send + 'static;

    /// Extracts the parameters that state the policy.
    fn guards(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<Self::Guards>> + Send;

    /// Extracts the other parameters.
    fn complete(
        context: &mut RequestContext<'_, C>,
        guards: Self::Guards,
    ) -> impl Future<Output = Provision<Self>> + Send;
}

/// Whether a parameter states the policy.
pub enum Guards<const IS_GUARD: bool> {}

/// More parameters than a tuple of this crate has.
pub struct Chain<A, B>(pub A, pub B);

impl<C, A, B, S, T> ParameterList<C, Chain<S, T>> for Chain<A, B>
where
    C: Send + Sync,
    A: ParameterList<C, S>,
    B: ParameterList<C, T>,
{
    async fn extract<P: Send + 'static>(
        context: &mut RequestContext<'_, C>,
        principal: &mut Option<P>,
    ) -> Provision<Self> {
        Ok(Self(A::extract(context, principal).await?, B::extract(context, principal).await?))
    }
}

impl<C, A, B, S, T, G, H> GuardedList<C, Chain<S, T>, Chain<G, H>> for Chain<A, B>
where
    C: Send + Sync,
    A: GuardedList<C, S, G>,
    B: GuardedList<C, T, H>,
{
    type Guards = (A::Guards, B::Guards);

    async fn guards(context: &mut RequestContext<'_, C>) -> Provision<Self::Guards> {
        Ok((A::guards(context).await?, B::guards(context).await?))
    }

    async fn complete(context: &mut RequestContext<'_, C>, (first, second): Self::Guards) -> Provision<Self> {
        Ok(Self(A::complete(context, first).await?, B::complete(context, second).await?))
    }
}

macro_rules! lists {
    ($($(($T:ident $S:ident $G:ident))*;)*) => {$(
        #[allow(non_snake_case, unused_variables, clippy::unused_unit)]
        impl<C, $($T, $S,)*> ParameterList<C, ($($S,)*)> for ($($T,)*)
        where
            C: Send + Sync,
            $($T: Parameter<C, $S> + Send + 'static,)*
        {
            async fn extract<P: Send + 'static>(
                context: &mut RequestContext<'_, C>,
                principal: &mut Option<P>,
            ) -> Provision<Self> {
                $(let $T = match take_principal::<$T, P>(principal) {
                    Some(principal) => principal,
                    None => $T::extract(context).await?,
                };)*
                Ok(($($T,)*))
            }
        }

        #[allow(non_snake_case, unused_variables, clippy::unused_unit)]
        impl<C, $($T, $S, const $G: bool,)*> GuardedList<C, ($($S,)*), ($(Guards<$G>,)*)> for ($($T,)*)
        where
            C: Send + Sync,
            $($T: Parameter<C, $S> + GuardParameter<C, $S, $G> + Send + 'static,)*
        {
            type Guards = ($(Option<$T>,)*);

            async fn guards(context: &mut RequestContext<'_, C>) -> Provision<Self::Guards> {
                Ok(($(<$T as GuardParameter<C, $S, $G>>::guard(context).await?,)*))
            }

            async fn complete(
                context: &mut RequestContext<'_, C>,
                ($($T,)*): Self::Guards,
            ) -> Provision<Self> {
                $(let $T = match $T {
                    Some(guard) => guard,
                    None => $T::extract(context).await?,
                };)*
                Ok(($($T,)*))
            }
        }
    )*};
}

lists! {
    ;
    (A SA GA);
    (A SA GA) (B SB GB);
    (A SA GA) (B SB GB) (D SD GD);
    (A SA GA) (B SB GB) (D SD GD) (E SE GE);
    (A SA GA) (B SB GB) (D SD GD) (E SE GE) (F SF GF);
    (A SA GA) (B SB GB) (D SD GD) (E SE GE) (F SF GF) (H SH GH);
    (A SA GA) (B SB GB) (D SD GD) (E SE GE) (F SF GF) (H SH GH) (I SI GI);
    (A SA GA) (B SB GB) (D SD GD) (E SE GE) (F SF GF) (H SH GH) (I SI GI) (J SJ GJ);
}
