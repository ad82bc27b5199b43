//! Valid rules.

use super::pattern::{Pattern, Precision};
use crate::commands::check::finding::Place;

/// Rules for one package. A key that is not given is `None`.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Whether the rules apply to code under `#[cfg(test)]` as well.
    pub(crate) tests: Option<bool>,
    pub(crate) layers: Option<Layers>,
    pub(crate) usage: Option<Vec<UsageRule>>,
    pub(crate) contexts: Option<Vec<Contexts>>,
    pub(crate) names: Option<Vec<Names>>,
    /// Without a key, the rules of wiring apply to every package that uses the library.
    pub(crate) wiring: Option<Wiring>,
}

/// Wiring: components are built by the container, and resolved from it at the composition root.
#[derive(Debug)]
pub(crate) struct Wiring {
    pub(crate) reason: String,
    /// Modules that put components together.
    pub(crate) except: Patterns,
}

impl Default for Wiring {
    fn default() -> Self {
        let reason = "what is built or resolved by hand is not in the graph, not judged by its layers, and not replaced in tests";
        Self { reason: reason.to_owned(), except: Patterns::default() }
    }
}

impl Rules {
    /// Adds the keys of `default` that are not given.
    pub(crate) fn or(self, default: Self) -> Self {
        Self {
            tests: self.tests.or(default.tests),
            layers: self.layers.or(default.layers),
            usage: self.usage.or(default.usage),
            contexts: self.contexts.or(default.contexts),
            names: self.names.or(default.names),
            wiring: self.wiring.or(default.wiring),
        }
    }

    pub(crate) fn usage(&self) -> &[UsageRule] {
        self.usage.as_deref().unwrap_or_default()
    }

    pub(crate) fn contexts(&self) -> &[Contexts] {
        self.contexts.as_deref().unwrap_or_default()
    }

    pub(crate) fn names(&self) -> &[Names] {
        self.names.as_deref().unwrap_or_default()
    }

    /// Number of rules.
    pub(crate) fn count(&self) -> usize {
        let others = self.usage().len() + self.contexts().len() + self.names().len();
        usize::from(self.layers.is_some()) + 2 * usize::from(self.wiring.is_some()) + others
    }
}

/// Pattern with its place in the manifest.
#[derive(Clone, Debug)]
pub(crate) struct PatternSpan {
    pub(crate) pattern: Pattern,
    pub(crate) place: Place,
    /// Whether the pattern must cover something.
    pub(crate) must_match: bool,
}

/// List of patterns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns(pub(crate) Vec<PatternSpan>);

impl Patterns {
    /// Whether a pattern covers the path, whose first `modules` segments are modules.
    pub(crate) fn cover(&self, path: &[String], modules: usize) -> bool {
        self.0.iter().any(|span| span.pattern.covers(path, modules).is_some())
    }

    /// Text such as `api, *Event`.
    pub(crate) fn list(&self) -> String {
        self.0.iter().map(|span| format!("`{}`", span.pattern)).collect::<Vec<_>>().join(", ")
    }
}

/// Layers of the modules, and the layers that each layer may use.
#[derive(Debug)]
pub(crate) struct Layers {
    pub(crate) reason: String,
    pub(crate) layers: Vec<Layer>,
}

/// Number of a layer in [`Layers::layers`].
pub(crate) type LayerId = usize;

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) modules: Patterns,
    /// Layers that it may use beside itself.
    pub(crate) may_use: Vec<LayerId>,
}

/// Layer of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    Nowhere,
    In(LayerId),
    /// Patterns of two layers cover it with equal precision.
    Between(LayerId, LayerId),
}

impl Layers {
    /// Layer of a path: that of the most precise pattern.
    pub(crate) fn of(&self, path: &[String], modules: usize) -> Membership {
        let mut best = (Precision::default(), Membership::Nowhere);
        for (id, layer) in self.layers.iter().enumerate() {
            for written in &layer.modules.0 {
                let Some(precision) = written.pattern.covers(path, modules) else { continue };
                best = match best.1 {
                    Membership::In(other) | Membership::Between(other, _)
                        if precision == best.0 && other != id =>
                    {
                        (precision, Membership::Between(other, id))
                    }
                    Membership::Nowhere => (precision, Membership::In(id)),
                    _ if precision > best.0 => (precision, Membership::In(id)),
                    _ => best,
                };
            }
        }
        best.1
    }

    /// Whether one layer may use another.
    pub(crate) fn allow(&self, from: LayerId, to: LayerId) -> bool {
        from == to || self.layers[from].may_use.contains(&to)
    }

    /// Names of the layers that a layer may use, for a message.
    pub(crate) fn allowed(&self, from: LayerId) -> String {
        let names = self.layers[from].may_use.iter().filter(|&&layer| layer != from);
        names.map(|&layer| format!("`{}`", self.layers[layer].name)).collect::<Vec<_>>().join(", ")
    }
}

/// Paths that some modules may use, or may not use.
#[derive(Debug)]
pub(crate) struct UsageRule {
    pub(crate) name: String,
    pub(crate) reason: String,
    pub(crate) modules: Patterns,
    pub(crate) except: Patterns,
    pub(crate) uses: Uses,
    pub(crate) instead: Option<String>,
}

#[derive(Debug)]
pub(crate) enum Uses {
    Not(Patterns),
    Only(Patterns),
}

impl Uses {
    pub(crate) fn patterns(&self) -> &Patterns {
        match self {
            Self::Not(patterns) | Self::Only(patterns) => patterns,
        }
    }
}

/// Modules that do not use each other's internals.
#[derive(Debug)]
pub(crate) struct Contexts {
    pub(crate) id: String,
    pub(crate) reason: String,
    pub(crate) modules: Patterns,
    pub(crate) public: Patterns,
    pub(crate) except: Patterns,
}

/// Requirements on types with certain names.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) id: String,
    pub(crate) reason: String,
    /// Name in which `*` stands for any text.
    pub(crate) pattern: String,
    pub(crate) place: Place,
    pub(crate) must_match: bool,
    pub(crate) attribute: Option<String>,
    pub(crate) modules: Option<Patterns>,
}
