//! Use of the request scope by an endpoint.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{
    around::AroundSpec,
    endpoint::{EndpointSpec, GuardSpec},
    parameter::{ParameterKind, ParameterSpec, Wrapper},
    port::Ports,
    probe::Origin,
    provider::{ProviderKind, ProviderNode, UnitHandle},
    transaction::TransactionSpec,
};
use crate::{endpoint_label::EndpointLabel, location::Location, policy::Policy};

/// Use of the request scope by an endpoint that is a handler of axum's, in a static of its expansion.
///
/// It depends on the container, which binds the ports. Most programs have one.
#[derive(Debug, Default)]
pub struct ScopeUsage {
    first: OnceLock<Planned>,
    others: Mutex<Vec<Planned>>,
    /// Label of the endpoint as a handler of axum's.
    label: OnceLock<Arc<EndpointLabel>>,
}

/// Plan of an endpoint in an application with this container; `None` if the endpoint needs no scope.
#[derive(Clone, Debug)]
struct Planned {
    container: TypeId,
    plan: Option<Arc<dyn Any + Send + Sync>>,
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
    /// Units of work, by the type under which the request has them.
    pub(crate) units: Vec<(TypeId, UnitUsage)>,
    /// Types of the principals that the scopes inherit which the endpoint opens.
    pub(crate) inherited: Vec<TypeId>,
    /// Settings of the transactions.
    pub(crate) transaction: &'static TransactionSpec,
}

/// Use of a unit of work by an endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnitUsage {
    /// Level that is required.
    pub(crate) level: Option<RequiredLevel>,
    /// Whether a handle can write.
    pub(crate) can_write: bool,
    /// Whether there is a handle, and not only a setting.
    pub(crate) has_handle: bool,
    /// Another level that is required.
    pub(crate) contradiction: Option<RequiredLevel>,
}

/// Level that a handle or a setting requires.
#[derive(Clone, Debug)]
pub(crate) struct RequiredLevel {
    /// Statement that begins the transaction.
    pub(crate) statement: &'static str,
    /// What requires it, with its place.
    pub(crate) by: String,
}

impl UnitUsage {
    fn require(&mut self, statement: &'static str, by: impl FnOnce() -> String) {
        let required = || RequiredLevel { statement, by: by() };
        match &self.level {
            None => self.level = Some(required()),
            Some(first) if first.statement != statement => {
                self.contradiction.get_or_insert_with(required);
            }
            Some(_) => {}
        }
    }
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
        Self { first: OnceLock::new(), others: Mutex::new(Vec::new()), label: OnceLock::new() }
    }

    /// Returns the plan for the container `C`, which is made once.
    pub(crate) fn plan<C: 'static, P: Any + Send + Sync>(
        &self,
        make: impl FnOnce() -> Option<P>,
    ) -> Option<Arc<P>> {
        let container = TypeId::of::<C>();
        let mut make = Some(make);
        let mut planned = || Planned {
            container,
            plan: make.take().and_then(|make| make()).map(|plan| Arc::new(plan) as _),
        };
        let first = self.first.get_or_init(&mut planned);
        let plan = if first.container == container {
            first.plan.clone()
        } else {
            let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
            match others.iter().find(|other| other.container == container) {
                Some(other) => other.plan.clone(),
                None => {
                    others.push(planned());
                    others.last()?.plan.clone()
                }
            }
        };
        plan?.downcast().ok()
    }
}

impl EndpointSpec {
    /// Returns the label of the endpoint as a handler of axum's, which is made once.
    pub(crate) fn handler_label(&self) -> Arc<EndpointLabel> {
        Arc::clone((self.scope_usage)().label.get_or_init(|| Arc::new(self.label(self.path.to_owned()))))
    }

    /// Returns the use of the request scope by the endpoint, and the guards and the functions around it, with these
    /// providers behind ports.
    pub(crate) fn usage_with<'a>(
        &self,
        guards: impl IntoIterator<Item = &'a GuardSpec>,
        arounds: impl IntoIterator<Item = &'a AroundSpec>,
        ports: &Ports,
        transaction: &'static TransactionSpec,
    ) -> ComputedUsage {
        let mut uses = Uses::new(ports);
        uses.owner = (self.name, self.location);
        for level in transaction.levels {
            let (name, unit) = (short_name((level.name)()), short_name((level.unit_name)()));
            let by = || format!("`#[transaction({unit}, isolation = {name})]` of the endpoint itself");
            uses.unit((level.unit)()).require(level.statement, by);
        }
        let mut principals = Vec::new();
        for guard in guards {
            principals.extend(guard.parameter.as_ref().and_then(ParameterSpec::cached_id));
            match &guard.parameter {
                Some(parameter) => uses.visit_lent(parameter),
                None => uses.is_open = true,
            }
        }
        for around in arounds {
            uses.visit_all((around.name, around.location), around.parameters, Asks::ONE);
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
        ComputedUsage { transaction, ..uses.into_usage() }
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
#[allow(clippy::struct_excessive_bools, reason = "independent findings")]
struct Uses<'p> {
    ports: &'p Ports,
    asks: HashMap<TypeId, Asks>,
    is_shared: bool,
    has_teardown: bool,
    is_open: bool,
    is_lent: bool,
    opens_scopes: bool,
    units: Vec<(TypeId, UnitUsage)>,
    inherited: Vec<TypeId>,
    /// Name and place of the endpoint, the provider or the component whose parameters are visited.
    owner: (&'static str, Location),
}

impl<'p> Uses<'p> {
    fn new(ports: &'p Ports) -> Self {
        Self {
            ports,
            asks: HashMap::new(),
            is_shared: false,
            has_teardown: false,
            is_open: false,
            is_lent: false,
            opens_scopes: false,
            units: Vec::new(),
            inherited: Vec::new(),
            owner: ("", Location::EMPTY),
        }
    }

    fn into_usage(self) -> ComputedUsage {
        let Self { asks, is_shared, has_teardown, is_open, is_lent, units, inherited, .. } = self;
        ComputedUsage {
            needs_scope: is_open || has_teardown || is_shared,
            is_open,
            is_lent: is_lent || is_open,
            requested_types: Arc::new(asks),
            units,
            inherited,
            transaction: &TransactionSpec::NONE,
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
        let node = match self.ports.resolve(parameter.kind) {
            ParameterKind::Plain | ParameterKind::Path(_) | ParameterKind::Injected(_) => return,
            ParameterKind::Opaque | ParameterKind::Port(_) => {
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
        if let Some(unit) = &node.output.unit {
            if self.visit_unit(unit, asks) {
                // The provider that chooses its pool.
                self.visit_all((node.name, node.location), node.parameters, Asks::ONE);
            }
            return;
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
            self.visit_all((node.name, node.location), node.parameters, asks);
        } else {
            self.is_shared |= before.plus(asks).are_several();
            if before.is_none() {
                self.visit_all((node.name, node.location), node.parameters, Asks::ONE);
            }
        }
    }

    /// Visits a handle, which asks for the unit of work. Returns whether it is the first one.
    fn visit_unit(&mut self, handle: &UnitHandle, asks: Asks) -> bool {
        let id = (handle.id)();
        let entry = self.asks.entry(id).or_default();
        let is_first = entry.is_none();
        self.is_shared |= entry.plus(asks).are_several();
        *entry = entry.plus(asks);
        let (name, location) = self.owner;
        let unit = self.unit(id);
        unit.can_write |= handle.can_write;
        unit.has_handle = true;
        if let Some(level) = handle.level {
            let by = || format!("`{}`, which `{name}` at {location} takes", short_name(&(level.handle)()));
            unit.require(level.statement, by);
        }
        is_first
    }

    /// Returns the use of the unit of work that the request has under this type.
    fn unit(&mut self, id: TypeId) -> &mut UnitUsage {
        let index = self.units.iter().position(|(other, _)| *other == id).unwrap_or_else(|| {
            self.units.push((id, UnitUsage::default()));
            self.units.len() - 1
        });
        &mut self.units[index].1
    }

    fn visit_all(&mut self, owner: (&'static str, Location), parameters: &[ParameterSpec], asks: Asks) {
        let before = self.owner;
        // A handle of this library is named by what takes it.
        if owner.1.line != 0 {
            self.owner = owner;
        }
        for parameter in parameters {
            self.visit(parameter, asks);
        }
        self.owner = before;
    }
}

/// Returns a name of a type without the paths: `IsolatedTx<Postgres, Serializable>`.
fn short_name(name: &str) -> String {
    let mut short = String::new();
    for part in name.split_inclusive(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '_' | ':')) {
        short.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    short
}
