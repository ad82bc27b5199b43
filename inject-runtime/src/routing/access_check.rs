//! Access to an endpoint, and the extraction of its parameters: the principal, the parameters, and the last one, which
//! may read the body.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

use std::{marker::PhantomData, sync::Arc};

use axum::{body::Body, http::request::Parts};

use super::parameters::{GuardedList, ParameterList};
use crate::{
    extract::{GuardParameter, Parameter, take_principal},
    frame::{Frame, Provision, Rejection, RequestContext},
    scope::LastParameter,
};

/// Request to an endpoint, in its scope.
pub struct ScopedRequest<'a, C> {
    pub(super) parts: &'a mut Parts,
    pub(super) body: &'a mut Body,
    pub(super) container: &'a Arc<C>,
    pub(super) frame: &'a mut Frame,
}

impl<C> ScopedRequest<'_, C> {
    pub(super) fn context(&mut self) -> RequestContext<'_, C> {
        RequestContext { parts: self.parts, container: self.container, frame: self.frame }
    }

    async fn last<L: LastParameter<C, M, R>, M, R>(self) -> Provision<L> {
        L::extract(self.parts, self.body, self.container, self.frame).await
    }
}

/// How an endpoint with parameters `T` of sorts `S`, and the last parameter `L` of sort `R`, is accessed.
pub trait AccessCheck<C, T, S, L, M, R>: Send + 'static {
    /// What the check has extracted.
    type Checked: Send + 'static;

    /// Decides whether the request may go on.
    fn check(
        self,
        context: &mut RequestContext<'_, C>,
    ) -> impl Future<Output = Provision<Self::Checked>> + Send;

    /// Extracts the parameters.
    fn complete(
        checked: Self::Checked,
        request: ScopedRequest<'_, C>,
    ) -> impl Future<Output = Provision<(T, L)>> + Send;
}

/// Access of every client.
pub struct OpenAccess;

/// Principal of an endpoint that is open: there is none.
enum NoPrincipal {}

impl<C, T, S, L, M, R> AccessCheck<C, T, S, L, M, R> for OpenAccess
where
    C: Send + Sync,
    T: ParameterList<C, S>,
    L: LastParameter<C, M, R>,
{
    type Checked = ();

    #[inline]
    async fn check(self, _: &mut RequestContext<'_, C>) -> Provision<()> {
        Ok(())
    }

    async fn complete((): (), mut request: ScopedRequest<'_, C>) -> Provision<(T, L)> {
        let parameters = T::extract(&mut request.context(), &mut None::<NoPrincipal>).await?;
        Ok((parameters, request.last().await?))
    }
}

/// Access of a principal `P` of sort `Q` that passes a check.
pub struct PrincipalAccess<P, Q, F> {
    check: F,
    principal: PhantomData<fn() -> (P, Q)>,
}

/// Returns the access of a principal that passes a check.
#[inline]
pub const fn principal_access<P, Q, F>(check: F) -> PrincipalAccess<P, Q, F>
where
    F: FnOnce(P, &Parts) -> Result<P, Box<Rejection>>,
{
    PrincipalAccess { check, principal: PhantomData }
}

impl<C, T, S, L, M, R, P, Q, F> AccessCheck<C, T, S, L, M, R> for PrincipalAccess<P, Q, F>
where
    C: Send + Sync,
    T: ParameterList<C, S>,
    L: LastParameter<C, M, R> + Send + 'static,
    P: Parameter<C, Q> + Send + 'static,
    Q: 'static,
    F: FnOnce(P, &Parts) -> Result<P, Box<Rejection>> + Send + 'static,
{
    type Checked = P;

    async fn check(self, context: &mut RequestContext<'_, C>) -> Provision<P> {
        let principal = P::extract(context).await?;
        (self.check)(principal, context.parts).map_err(|rejection| *rejection)
    }

    async fn complete(principal: P, mut request: ScopedRequest<'_, C>) -> Provision<(T, L)> {
        let mut principal = Some(principal);
        let parameters = T::extract(&mut request.context(), &mut principal).await?;
        let last = match take_principal::<L, P>(&mut principal) {
            Some(last) => last,
            None => request.last().await?,
        };
        Ok((parameters, last))
    }
}

/// Access that is stated by some of the parameters, as `G` says: they are extracted first. `IS_GUARD` is for the last
/// parameter.
pub struct ParameterAccess<G, const IS_GUARD: bool>(PhantomData<fn() -> G>);

/// Returns the access that is stated by parameters.
#[inline]
#[must_use]
pub const fn parameter_access<G, const IS_GUARD: bool>() -> ParameterAccess<G, IS_GUARD> {
    ParameterAccess(PhantomData)
}

impl<C, T, S, L, M, R, G, const IS_GUARD: bool> AccessCheck<C, T, S, L, M, R> for ParameterAccess<G, IS_GUARD>
where
    C: Send + Sync,
    T: GuardedList<C, S, G>,
    L: LastParameter<C, M, R> + GuardParameter<C, R, IS_GUARD> + Send + 'static,
    G: 'static,
{
    type Checked = (T::Guards, Option<L>);

    async fn check(self, context: &mut RequestContext<'_, C>) -> Provision<Self::Checked> {
        let guards = T::guards(context).await?;
        Ok((guards, L::guard(context).await?))
    }

    async fn complete((guards, last): Self::Checked, mut request: ScopedRequest<'_, C>) -> Provision<(T, L)> {
        let parameters = T::complete(&mut request.context(), guards).await?;
        let last = match last {
            Some(last) => last,
            None => request.last().await?,
        };
        Ok((parameters, last))
    }
}
