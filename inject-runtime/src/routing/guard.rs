//! Guards of routes.

use std::{
    any::{TypeId, type_name},
    borrow::Cow,
    sync::Arc,
};

use crate::{
    access::{Permits as _, Requirement, Role, authorize, permit},
    boxed::BoxFuture,
    extract::Parameter,
    frame::{Provision, RequestContext},
    metadata::{GuardExtractor, GuardSpec, ParameterSpec},
    policy::RoleCheck,
};

/// Guard of routes: an extractor whose value is discarded.
pub(super) struct Guard<C> {
    /// Type of the value or of the roles, or name of the requirement.
    pub(super) label: Cow<'static, str>,
    /// Checks of the guard, all of which must pass. Empty for an extractor guard.
    pub(super) checks: Arc<[RoleCheck]>,
    pub(super) spec: GuardSpec,
    pub(super) check: Arc<Check<C>>,
}

pub(super) type Check<C> =
    dyn for<'a, 'r> Fn(&'a mut RequestContext<'r, C>) -> BoxFuture<'a, Provision<()>> + Send + Sync;

impl<C: Send + Sync + 'static> Guard<C> {
    /// Creates a guard that extracts a `T` and discards it.
    pub(super) fn extractor<T: Parameter<C> + GuardExtractor + 'static>() -> Self {
        Self {
            label: type_name::<T>().into(),
            checks: Arc::default(),
            spec: GuardSpec { id: TypeId::of::<T>, parameter: Some(parameter_of::<T>()) },
            check: Arc::new(|context| Box::pin(async move { T::extract(context).await.map(drop) })),
        }
    }

    /// Creates a guard that requires one of the roles.
    pub(super) fn any_role<R>(any_of: Vec<R>) -> Self
    where
        R: Role<Principal: Parameter<C>>,
    {
        let any_of: Arc<[R]> = any_of.into();
        Self {
            label: type_name::<R>().into(),
            checks: Arc::new([RoleCheck::of(&any_of)]),
            spec: GuardSpec { id: TypeId::of::<R::Principal>, parameter: R::PRINCIPAL },
            check: Arc::new(move |context| {
                let any_of = Arc::clone(&any_of);
                Box::pin(async move {
                    let principal = R::Principal::extract(context).await?;
                    authorize(principal, &any_of, context.parts).map(drop).map_err(|rejection| *rejection)
                })
            }),
        }
    }
}

impl<C: Send + Sync + 'static> Guard<C> {
    /// Creates a guard that requires a requirement to be met.
    pub(super) fn requirement<R>(requirement: R) -> Self
    where
        R: Requirement<Principal: Parameter<C> + GuardExtractor>,
    {
        let requirement = Arc::new(requirement);
        Self {
            label: requirement.name(),
            checks: requirement.checks().into(),
            spec: GuardSpec {
                id: TypeId::of::<R::Principal>,
                parameter: Some(parameter_of::<R::Principal>()),
            },
            check: Arc::new(move |context| {
                let requirement = Arc::clone(&requirement);
                Box::pin(async move {
                    let principal = R::Principal::extract(context).await?;
                    permit(principal, |principal| principal.permits(&*requirement), context.parts)
                        .map(drop)
                        .map_err(|rejection| *rejection)
                })
            }),
        }
    }
}

/// Returns the parameter that a guard extracts.
fn parameter_of<T: GuardExtractor>() -> ParameterSpec {
    ParameterSpec {
        kind: T::KIND,
        demands_credentials: T::DEMANDS_CREDENTIALS,
        input: &[T::INPUT],
        ..ParameterSpec::EMPTY
    }
}

impl<C> Clone for Guard<C> {
    fn clone(&self) -> Self {
        Self {
            label: self.label.clone(),
            checks: Arc::clone(&self.checks),
            spec: self.spec,
            check: Arc::clone(&self.check),
        }
    }
}
