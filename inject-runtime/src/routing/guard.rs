//! Guards of routes.

use std::{
    any::{TypeId, type_name},
    sync::Arc,
};

use axum::{http::request::Parts, response::Response};

use crate::{
    access::{Role, authorize},
    boxed::BoxFuture,
    extract::{Parameter, map_rejection},
    metadata::GuardSpec,
    policy::RoleCheck,
};

/// Guard of routes: an extractor whose value is discarded.
pub(super) struct Guard<C> {
    pub(super) label: &'static str,
    /// Roles that the guard requires; `None` for an extractor guard.
    pub(super) roles: Option<Arc<RoleCheck>>,
    pub(super) spec: GuardSpec,
    pub(super) check: Arc<Check<C>>,
}

pub(super) type Check<C> =
    dyn for<'a> Fn(&'a mut Parts, &'a Arc<C>) -> BoxFuture<'a, Result<(), Response>> + Send + Sync;

impl<C: Send + Sync + 'static> Guard<C> {
    /// Creates a guard that extracts a `T` and discards it.
    pub(super) fn extractor<T: Parameter<C> + 'static>() -> Self {
        Self {
            label: type_name::<T>(),
            roles: None,
            spec: GuardSpec { id: TypeId::of::<T>, principal: None },
            check: Arc::new(|parts, container| {
                Box::pin(async move { map_rejection(T::extract(parts, container).await).map(drop) })
            }),
        }
    }

    /// Creates a guard that requires one of the roles.
    pub(super) fn any_role<R>(any_of: Vec<R>) -> Self
    where
        R: Role<Principal: Parameter<C>>,
    {
        let any_of: Arc<[R]> = any_of.into();
        Self {
            label: type_name::<R>(),
            roles: Some(Arc::new(RoleCheck::of(&any_of))),
            spec: GuardSpec { id: TypeId::of::<R::Principal>, principal: R::PRINCIPAL },
            check: Arc::new(move |parts, container| {
                let any_of = Arc::clone(&any_of);
                Box::pin(async move {
                    let principal = map_rejection(R::Principal::extract(parts, container).await)?;
                    authorize(principal, &any_of).map(drop)
                })
            }),
        }
    }
}

impl<C> Clone for Guard<C> {
    fn clone(&self) -> Self {
        Self { label: self.label, roles: self.roles.clone(), spec: self.spec, check: Arc::clone(&self.check) }
    }
}
