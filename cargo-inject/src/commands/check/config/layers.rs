//! Layers of a manifest: the built-in ones, or layers that the manifest declares.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{
    model::{Layer, LayerId, Layers, Patterns},
    tables::{LayersTable, Text, Texts},
    validate::Validation,
};
use crate::nearest::{did_you_mean, quoted};

/// Order of the built-in layers: the same as for components, and the composition root, which uses everything. Endpoints name the root as the
/// state of their router.
const BUILT_IN: [(&str, &[&str]); 6] = [
    ("root", &["route", "service", "repository", "infrastructure", "common"]),
    ("route", &["service", "common", "root"]),
    ("service", &["repository", "common"]),
    ("repository", &["infrastructure", "common"]),
    ("infrastructure", &["common"]),
    ("common", &[]),
];

impl Validation {
    pub(super) fn layers(&mut self, written: Spanned<LayersTable>) -> Layers {
        let (span, written) = (written.span(), written.into_inner());
        let reason = self.reason(written.reason, span.clone());
        let (names, may_use) = match &written.may_use {
            None => {
                let names = BUILT_IN.map(|(name, _)| name.to_owned()).to_vec();
                let ids = |uses: &[&str]| ids_of(&names, uses.iter().copied());
                let may_use = BUILT_IN.iter().map(|(_, uses)| ids(uses)).collect();
                (names, may_use)
            }
            Some(order) => self.own_order(order),
        };
        let mut layers: Vec<_> = names
            .into_iter()
            .zip(may_use)
            .map(|(name, may_use)| Layer { name, modules: Patterns::default(), may_use })
            .collect();
        for (name, patterns) in &written.modules {
            let Some(id) = layers.iter().position(|layer| layer.name == *name.get_ref()) else {
                self.no_layer(name, layers.iter().map(|layer| &*layer.name));
                continue;
            };
            layers[id].modules = self.modules(patterns, !written.allow_unmatched);
        }
        if written.modules.is_empty() {
            self.wrong(span, "list the modules of each layer under `modules`".to_owned());
        }
        Layers { reason, layers }
    }

    /// Layers of `may-use`. `root` and `common` always exist: `root` may use all layers, and all layers may use `common`.
    fn own_order(&mut self, order: &BTreeMap<Text, Texts>) -> (Vec<String>, Vec<Vec<LayerId>>) {
        let mut names: Vec<_> = order.keys().map(|key| key.get_ref().clone()).collect();
        for name in ["root", "common"] {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        for name in order.values().flatten().filter(|used| !names.contains(used.get_ref())) {
            self.no_layer(name, names.iter().map(|name| &**name));
        }
        let may_use = names.iter().map(|name| match order.get(name.as_str()) {
            Some(uses) => {
                let common = (name != "common").then_some("common");
                ids_of(&names, uses.iter().map(|used| &**used.get_ref()).chain(common))
            }
            None if name == "root" => (0..names.len()).collect(),
            None => Vec::new(),
        });
        let may_use = may_use.collect();
        (names, may_use)
    }

    fn no_layer<'a>(&mut self, name: &Text, layers: impl Iterator<Item = &'a str> + Clone) {
        let meant = did_you_mean(name.get_ref(), layers.clone());
        let all = quoted(layers);
        let text = format!("there is no layer `{}`{meant}", name.get_ref());
        self.wrong_with_help(
            name.span(),
            text,
            format!("the layers are {all}; `may-use` declares other layers"),
        );
    }
}

fn ids_of<'a>(names: &[String], uses: impl Iterator<Item = &'a str>) -> Vec<LayerId> {
    let mut ids: Vec<_> = uses.filter_map(|used| names.iter().position(|name| name == used)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
