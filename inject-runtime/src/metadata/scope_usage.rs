//! Use of the request scope by an endpoint.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use super::{
    endpoint::{EndpointSpec, GuardSpec},
    parameter::{ParameterKind, ParameterSpec, Wrapper},
    probe::Origin,
    provider::{ProviderKind, ProviderNode},
};
use crate::policy::Policy;

/// Use of the request scope by an endpoint, in a static of its expansion.
#[derive(Debug, Default)]
pub struct ScopeUsage {
    computed: OnceLock<ComputedUsage>,
    /// Plan of the endpoint as a handler of axum's.
    plan: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// Use of the request scope by an endpoint with its guards.
#[derive(Clone, Debug)]
pub(crate) struct ComputedUsage {
    /// Whether a request scope is needed: for a teardown, for a value that two dependents share, or for an extractor
    /// with unknown needs.
    pub(crate) needs_scope: bool,
    /// Whether there are extractors with unknown needs.
    pub(crate) is_open: bool,
    /// Whether extractors that receive only the parts of the request use the scope.
    pub(crate) is_lent: bool,
    /// Types of the request-scoped values that are used, at any depth, with the number of their dependents.
    pub(crate) requested_types: Arc<HashMap<TypeId, Asks>>,
    /// Types of the principals that the scopes inherit which the endpoint opens.
    pub(crate) inherited: Vec<TypeId>,
}

/// Number of dependents that ask for a value: an upper bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asks(u16);

impl Asks {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ONE: Self = Self(1);
    /// More than are counted.
    pub(crate) const MANY: Self = Self(u16::MAX);

    #[inline]
    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn are_several(self) -> bool {
        self.0 > 1
    }

    const fn plus(self, others: Self) -> Self {
        Self(self.0.saturating_add(others.0))
    }

    /// Returns what is left when one dependent has asked.
    #[inline]
    pub(crate) const fn after_one(self) -> Self {
        if self.0 == u16::MAX { self } else { Self(self.0.saturating_sub(1)) }
    }
}

impl ScopeUsage {
    /// Usage that is not computed yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { computed: OnceLock::new(), plan: OnceLock::new() }
    }

    /// Returns the plan, which is made once.
    pub(crate) fn plan<P: Any + Send + Sync>(&self, make: impl FnOnce() -> P) -> Option<Arc<P>> {
        let plan = self.plan.get_or_init(|| Arc::new(make()));
        Arc::clone(plan).downcast().ok()
    }
}

impl EndpointSpec {
    /// Returns the use of the request scope by the endpoint itself, which is computed once.
    pub(crate) fn scope_usage(&self) -> &'static ComputedUsage {
        (self.scope_usage)().computed.get_or_init(|| self.usage_with([]))
    }

    /// Returns the use of the request scope by the endpoint and the guards around it.
    pub(crate) fn usage_with<'g>(&self, guards: impl IntoIterator<Item = &'g GuardSpec>) -> ComputedUsage {
        let mut uses = Uses::default();
        let mut principals = Vec::new();
        for guard in guards {
            principals.extend(guard.parameter.as_ref().and_then(ParameterSpec::cached_id));
            match &guard.parameter {
                Some(parameter) => uses.visit_lent(parameter),
                None => uses.is_open = true,
            }
        }
        if let Some(principal) = &self.principal {
            uses.visit(principal, Asks::ONE);
        }
        // The policy passes its principal to the first parameter of the same type.
        let passed = self.parameters.iter().position(|parameter| self.is_principal(parameter));
        for (index, parameter) in self.parameters.iter().enumerate() {
            if Some(index) != passed {
                uses.visit(parameter, Asks::ONE);
            }
        }
        if uses.opens_scopes {
            for id in principals.into_iter().chain(self.principal_id()) {
                uses.inherit(id);
            }
        }
        uses.into_usage()
    }

    /// Returns the type of the principal of the policy, if a provider returns it once for each request.
    fn principal_id(&self) -> Option<TypeId> {
        match &self.principal {
            Some(principal) => principal.cached_id(),
            None if matches!(self.policy, Policy::Public) => None,
            // A parameter states the policy.
            None => self
                .parameters
                .iter()
                .filter(|spec| spec.demands_credentials)
                .find_map(ParameterSpec::cached_id),
        }
    }

    fn is_principal(&self, parameter: &ParameterSpec) -> bool {
        match self.principal {
            Some(ParameterSpec { kind: ParameterKind::Provider(principal), .. }) => {
                parameter.kind.is(principal())
            }
            _ => false,
        }
    }
}

impl ParameterSpec {
    /// Returns the type of the output of a provider that runs once for each request.
    fn cached_id(&self) -> Option<TypeId> {
        let (ParameterKind::Provider(node) | ParameterKind::Wrapped(node, Wrapper::Authorized(_))) =
            self.kind
        else {
            return None;
        };
        (node().kind == ProviderKind::Cached).then(|| (node().output.id)())
    }
}

/// Uses of providers.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent findings")]
struct Uses {
    asks: HashMap<TypeId, Asks>,
    is_shared: bool,
    has_teardown: bool,
    is_open: bool,
    is_lent: bool,
    opens_scopes: bool,
    /// Outputs that others join, with their number.
    joined: Vec<(TypeId, Asks)>,
    inherited: Vec<TypeId>,
}

impl Uses {
    fn into_usage(self) -> ComputedUsage {
        let Self { mut asks, is_shared, has_teardown, is_open, is_lent, joined, inherited, .. } = self;
        for (id, others) in joined {
            if let Some(asks) = asks.get_mut(&id) {
                *asks = asks.plus(others);
            }
        }
        ComputedUsage {
            needs_scope: is_open || has_teardown || is_shared,
            is_open,
            is_lent: is_lent || is_open,
            requested_types: Arc::new(asks),
            inherited,
        }
    }

    /// Keeps the value for the scopes that the endpoint opens.
    fn inherit(&mut self, id: TypeId) {
        self.asks.insert(id, Asks::MANY);
        self.inherited.push(id);
    }

    /// Visits a parameter that is extracted from the parts of the request.
    fn visit_lent(&mut self, parameter: &ParameterSpec) {
        self.visit(&ParameterSpec { origin: Origin::Elsewhere, ..*parameter }, Asks::ONE);
    }

    fn visit(&mut self, parameter: &ParameterSpec, asks: Asks) {
        let node = match parameter.kind {
            ParameterKind::Plain | ParameterKind::Path(_) | ParameterKind::Injected(_) => return,
            ParameterKind::Opaque => {
                self.is_open = true;
                return;
            }
            ParameterKind::Scoped => {
                self.has_teardown = true;
                None
            }
            // What the other scopes use is not used in this one.
            ParameterKind::NewScope(_) => {
                self.has_teardown = true;
                self.opens_scopes = true;
                None
            }
            ParameterKind::Provider(node) | ParameterKind::Wrapped(node, _) => Some((node(), false)),
            ParameterKind::Uncached(node) => Some((node(), true)),
        };
        self.is_lent |= parameter.origin == Origin::Elsewhere;
        if let Some((node, is_uncached)) = node {
            self.visit_provider(node, is_uncached || node.kind == ProviderKind::Uncached, asks);
        }
    }

    fn visit_provider(&mut self, node: &ProviderNode, is_uncached: bool, asks: Asks) {
        self.has_teardown |= node.kind == ProviderKind::Resource;
        if let Some(joined) = node.output.joined_id {
            self.joined.push((joined(), asks));
        }
        let id = if is_uncached { (node.output.uncached_id)() } else { (node.output.id)() };
        let entry = self.asks.entry(id).or_default();
        let before = *entry;
        *entry = before.plus(asks);
        if is_uncached {
            // Its type is in use, too.
            self.asks.entry((node.output.id)()).or_default();
            // It runs for each dependent. After the second visit, everything that it asks for is asked for many times.
            let asks = match before {
                Asks::NONE => asks,
                Asks::MANY => return,
                _ => {
                    self.asks.insert(id, Asks::MANY);
                    Asks::MANY
                }
            };
            self.visit_all(node.parameters, asks);
        } else {
            self.is_shared |= before.plus(asks).are_several();
            if before.is_none() {
                self.visit_all(node.parameters, Asks::ONE);
            }
        }
    }

    fn visit_all(&mut self, parameters: &[ParameterSpec], asks: Asks) {
        for parameter in parameters {
            self.visit(parameter, asks);
        }
    }
}
