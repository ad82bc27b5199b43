//! Use of the request scope by an endpoint.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use super::{
    endpoint::EndpointSpec,
    parameter::{ParameterKind, ParameterSpec},
    provider::ProviderKind,
};

/// Use of the request scope by an endpoint, in a static of its expansion.
#[derive(Debug, Default)]
pub struct ScopeUsage(OnceLock<ComputedUsage>);

/// Value of a [`ScopeUsage`].
#[derive(Debug)]
pub(crate) struct ComputedUsage {
    /// Whether the endpoint needs a request scope by itself.
    pub(crate) needs_scope: bool,
    /// Types of the request-scoped values that it uses, at any depth.
    pub(crate) requested_types: Arc<HashSet<TypeId>>,
}

impl ScopeUsage {
    /// Usage that is not computed yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

impl EndpointSpec {
    /// Returns whether the endpoint needs a request scope: for a teardown, for a value that two dependents
    /// share, or for an extractor with unknown needs.
    fn needs_scope(&self) -> bool {
        let uses = self.uses();
        let mut shared = uses.shared;
        // The guard passes its principal to the first parameter of the same type.
        if let Some(ParameterSpec { kind: ParameterKind::Provider(principal), .. }) = self.principal
            && let principal = principal()
            && principal.kind != ProviderKind::Uncached
            && self.parameters.iter().any(|parameter| parameter.kind.is(principal))
            && uses.counts.get(&(principal.output.id)()) == Some(&2)
        {
            shared -= 1;
        }
        uses.is_opaque || uses.has_teardown || shared > 0
    }

    /// Returns the types of the request-scope values that the endpoint uses, at any depth.
    fn requested_types(&self) -> HashSet<TypeId> {
        self.uses().counts.into_keys().collect()
    }

    /// Returns the use of the request scope, which is computed once.
    pub(crate) fn scope_usage(&self) -> &'static ComputedUsage {
        (self.scope_usage)().0.get_or_init(|| ComputedUsage {
            needs_scope: self.needs_scope(),
            requested_types: Arc::new(self.requested_types()),
        })
    }

    fn uses(&self) -> Uses {
        let mut uses = Uses::default();
        if let Some(principal) = self.principal {
            uses.visit(principal.kind);
        }
        uses.visit_all(self.parameters);
        uses
    }
}

/// Number of dependents of each provider.
#[derive(Default)]
struct Uses {
    counts: HashMap<TypeId, usize>,
    shared: usize,
    has_teardown: bool,
    is_opaque: bool,
}

impl Uses {
    fn visit(&mut self, kind: ParameterKind) {
        match kind {
            ParameterKind::Plain | ParameterKind::Path(_) | ParameterKind::Injected(_) => {}
            ParameterKind::Opaque => self.is_opaque = true,
            ParameterKind::Scoped => self.has_teardown = true,
            ParameterKind::Provider(node) | ParameterKind::Wrapped(node, _) => {
                let node = node();
                self.has_teardown |= node.kind == ProviderKind::Resource;
                let count = self.counts.entry((node.output.id)()).or_default();
                *count += 1;
                let count = *count;
                if count == 2 && node.kind != ProviderKind::Uncached {
                    self.shared += 1;
                }
                // An uncached provider runs again for each dependent. A third visit would not change the
                // result.
                if count == 1 || (count == 2 && node.kind == ProviderKind::Uncached) {
                    self.visit_all(node.parameters);
                }
            }
            // Its dependencies are the dependencies of the provider; its value is not shared.
            ParameterKind::Uncached(node) => {
                let node = node();
                self.has_teardown |= node.kind == ProviderKind::Resource;
                let count = self.counts.entry((node.output.uncached_id)()).or_default();
                if *count < 2 {
                    *count += 1;
                    self.visit_all(node.parameters);
                }
            }
        }
    }

    fn visit_all(&mut self, parameters: &[ParameterSpec]) {
        for parameter in parameters {
            self.visit(parameter.kind);
        }
    }
}
