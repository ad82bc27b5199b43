//! The rules, once they make sense.

use super::pattern::{Pattern, Precision};
use crate::commands::check::finding::Place;

/// All rules for one package. A key that is not given is `None`.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Whether code under `#[cfg(test)]` is held to them, too.
    pub(crate) tests: Option<bool>,
    pub(crate) layers: Option<Layers>,
    pub(crate) usage: Option<Vec<UsageRule>>,
    pub(crate) contexts: Option<Vec<Contexts>>,
    pub(crate) names: Option<Vec<Names>>,
}

impl Rules {
    /// These rules, and for each key that they do not give, those of `default`.
    pub(crate) fn or(self, default: Self) -> Self {
        Self {
            tests: self.tests.or(default.tests),
            layers: self.layers.or(default.layers),
            usage: self.usage.or(default.usage),
            contexts: self.contexts.or(default.contexts),
            names: self.names.or(default.names),
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

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        let others = self.usage().len() + self.contexts().len() + self.names().len();
        usize::from(self.layers.is_some()) + others
    }
}

/// A pattern, and where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) pattern: Pattern,
    pub(crate) place: Place,
    /// Whether it is wrong if there is nothing that it covers.
    pub(crate) must_match: bool,
}

/// A list of patterns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns(pub(crate) Vec<Written>);

impl Patterns {
    /// Whether one of them covers the path, of which the first `modules` segments are modules.
    pub(crate) fn cover(&self, path: &[String], modules: usize) -> bool {
        self.0.iter().any(|span| span.pattern.covers(path, modules).is_some())
    }

    /// As in `api, *Event`.
    pub(crate) fn list(&self) -> String {
        self.0.iter().map(|span| format!("`{}`", span.pattern)).collect::<Vec<_>>().join(", ")
    }
}

/// Which module is in which layer, and which layer may use which.
#[derive(Debug)]
pub(crate) struct Layers {
    pub(crate) reason: String,
    pub(crate) layers: Vec<Layer>,
}

/// The number of a layer in [`Layers::layers`].
pub(crate) type LayerId = usize;

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) modules: Patterns,
    /// Beside itself.
    pub(crate) may_use: Vec<LayerId>,
}

/// In which layer something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    Nowhere,
    In(LayerId),
    /// Patterns of two layers cover it, and are equally precise.
    Between(LayerId, LayerId),
}

impl Layers {
    /// The layer of a path: the most precise pattern decides.
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

    /// What a layer may use, for a message: as in `service`, `shared`.
    pub(crate) fn allowed(&self, from: LayerId) -> String {
        let names = self.layers[from].may_use.iter().filter(|&&layer| layer != from);
        names.map(|&layer| format!("`{}`", self.layers[layer].name)).collect::<Vec<_>>().join(", ")
    }
}

/// What some modules may use, or not.
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

/// Modules that keep out of each other's internals.
#[derive(Debug)]
pub(crate) struct Contexts {
    pub(crate) id: String,
    pub(crate) reason: String,
    pub(crate) modules: Patterns,
    pub(crate) public: Patterns,
    pub(crate) except: Patterns,
}

/// What types of some name are.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) id: String,
    pub(crate) reason: String,
    /// A name in which `*` is any text.
    pub(crate) pattern: String,
    pub(crate) place: Place,
    pub(crate) must_match: bool,
    pub(crate) attribute: Option<String>,
    pub(crate) modules: Option<Patterns>,
}
