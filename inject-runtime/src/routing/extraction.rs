//! Extraction of the parameters of an endpoint: the principal, the parameters, and the last one, which may read the body.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

use std::sync::Arc;

use axum::{body::Body, http::request::Parts};

use super::around::Gate;
use crate::{
    extract::{GuardParameter, Parameter, take_principal},
    frame::{Frame, Provision, Rejection, RequestContext},
    scope::LastParameter,
};

/// Request to an endpoint, in its scope.
pub struct EndpointRequest<'a, C> {
    pub(super) parts: &'a mut Parts,
    pub(super) body: &'a mut Body,
    pub(super) container: &'a Arc<C>,
    pub(super) frame: &'a mut Frame,
    /// Where an endpoint waits that is inside of around functions.
    pub(super) gate: Option<&'a Gate<'a, C>>,
}

impl<C> EndpointRequest<'_, C> {
    fn context(&mut self) -> RequestContext<'_, C> {
        RequestContext { parts: self.parts, container: self.container, frame: self.frame }
    }
}

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
    type Guards: Send;

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

/// Principal of an endpoint that is public: there is none.
enum NoPrincipal {}

/// Extracts the parameters of an endpoint that is public.
///
/// # Errors
///
/// Returns the rejection.
pub async fn extract_all<C: Send + Sync, T, S, L, M, R>(
    mut request: EndpointRequest<'_, C>,
) -> Provision<(T, L)>
where
    T: ParameterList<C, S>,
    L: LastParameter<C, M, R>,
{
    if let Some(gate) = request.gate {
        request = gate.pass(request).await;
    }
    let EndpointRequest { parts, body, container, frame, .. } = request;
    let context = &mut RequestContext { parts: &mut *parts, container, frame: &mut *frame };
    let parameters = T::extract(context, &mut None::<NoPrincipal>).await?;
    Ok((parameters, L::extract(parts, body, container, frame).await?))
}

/// Extracts the principal of an endpoint, checks it, and extracts the parameters.
///
/// # Errors
///
/// Returns the rejection.
pub async fn extract_with_principal<C: Send + Sync, P, Q, T, S, L, M, R>(
    mut request: EndpointRequest<'_, C>,
    check: impl FnOnce(P, &Parts) -> Result<P, Box<Rejection>> + Send,
) -> Provision<(T, L)>
where
    P: Parameter<C, Q> + Send + 'static,
    T: ParameterList<C, S>,
    L: LastParameter<C, M, R> + Send + 'static,
{
    let principal = P::extract(&mut request.context()).await?;
    let mut principal = Some(check(principal, request.parts).map_err(|rejection| *rejection)?);
    if let Some(gate) = request.gate {
        request = gate.pass(request).await;
    }
    let EndpointRequest { parts, body, container, frame, .. } = request;
    let context = &mut RequestContext { parts: &mut *parts, container, frame: &mut *frame };
    let parameters = T::extract(context, &mut principal).await?;
    let last = match take_principal::<L, P>(&mut principal) {
        Some(last) => last,
        None => L::extract(parts, body, container, frame).await?,
    };
    Ok((parameters, last))
}

/// Extracts the parameters of an endpoint whose policy is stated by some of them: those first.
///
/// # Errors
///
/// Returns the rejection.
pub async fn extract_guarded<C: Send + Sync, T, S, G, L, M, R, const IS_GUARD: bool>(
    mut request: EndpointRequest<'_, C>,
) -> Provision<(T, L)>
where
    T: GuardedList<C, S, G>,
    L: LastParameter<C, M, R> + GuardParameter<C, R, IS_GUARD> + Send,
{
    let guards = T::guards(&mut request.context()).await?;
    let last = L::guard(&mut request.context()).await?;
    if let Some(gate) = request.gate {
        request = gate.pass(request).await;
    }
    let EndpointRequest { parts, body, container, frame, .. } = request;
    let context = &mut RequestContext { parts: &mut *parts, container, frame: &mut *frame };
    let parameters = T::complete(context, guards).await?;
    let last = match last {
        Some(last) => last,
        None => L::extract(parts, body, container, frame).await?,
    };
    Ok((parameters, last))
}
