//! Layers: each module is in one, and uses only the layers that its own layer may use.

use std::collections::HashMap;

use super::subject::Subject;
use crate::{
    commands::check::{
        config::{
            ids,
            model::{LayerId, Layers, Membership},
        },
        facts::Facts,
        finding::{Finding, Key, Place},
    },
    nearest::quoted,
    source::names::{CrateId, Kind, ModuleId, PackageNames, Path},
};

/// Layers, with the memberships that are known already.
pub(super) struct Classes<'a> {
    layers: &'a Layers,
    known: HashMap<(Vec<String>, usize), Membership>,
}

impl<'a> Classes<'a> {
    pub(super) fn new(layers: &'a Layers) -> Self {
        Self { layers, known: HashMap::new() }
    }

    pub(super) fn check(&mut self, subject: &Subject<'_>) -> Vec<Finding> {
        let path = subject.path();
        let from = match self.of(path, path.len()) {
            Membership::In(layer) => layer,
            Membership::Nowhere => return unclassified(self.layers, subject).into_iter().collect(),
            Membership::Between(one, other) => return vec![between(self.layers, subject, [one, other])],
        };
        let used_layers: Vec<_> = subject.uses.iter().map(|used| self.of_used(&used.path)).collect();
        let layers = self.layers;
        subject.findings(
            |number, _| used_layers[number].filter(|&to| !layers.allow(from, to)),
            |used, path, to, place| {
                let (outer, inner) = (&layers.layers[from].name, &layers.layers[to].name);
                let module = subject.name();
                Finding {
                    key: subject.key(ids::LAYERS, path),
                    reason: layers.reason.clone(),
                    message: format!(
                        "`{module}` uses `{path}`: the layer `{outer}` may not use the layer `{inner}`"
                    ),
                    label: Some(
                        subject.label(used).unwrap_or_else(|| format!("this is in the layer `{inner}`")),
                    ),
                    help: help(layers, from, to),
                    places: vec![place],
                    can_be_known: true,
                }
            },
        )
    }

    fn of_used(&mut self, path: &Path) -> Option<LayerId> {
        path.krate?;
        match self.of(&path.names, path.modules) {
            Membership::In(layer) => Some(layer),
            // It is reported for the module itself.
            Membership::Nowhere | Membership::Between(..) => None,
        }
    }

    fn of(&mut self, path: &[String], modules: usize) -> Membership {
        let layers = self.layers;
        *self.known.entry((path.to_vec(), modules)).or_insert_with(|| layers.of(path, modules))
    }
}

/// Text about the alternatives.
fn help(layers: &Layers, from: LayerId, to: LayerId) -> String {
    let name = |layer: LayerId| &layers.layers[layer].name;
    if let Some(next) = next_on_the_way(layers, from, to) {
        return format!("go through the layer `{}`: {}", name(next), layers.layers[next].modules.list());
    }
    if layers.allow(to, from) || next_on_the_way(layers, to, from).is_some() {
        return format!(
            "`{}` may use `{}`, and not the reverse: let it pass the dependency in, as a value or behind a trait of this layer",
            name(to),
            name(from)
        );
    }
    match &*layers.allowed(from) {
        "" => format!(
            "`{}` uses only itself: move this to another layer, or the used item into this one",
            name(from)
        ),
        allowed => {
            format!("`{}` may use {allowed}: use an item from there, or move this item there", name(from))
        }
    }
}

/// Layer that a layer may use and that leads to another one through further layers.
fn next_on_the_way(layers: &Layers, from: LayerId, to: LayerId) -> Option<LayerId> {
    let inward = |from: LayerId| {
        let may_use = layers.layers[from].may_use.iter().copied();
        may_use.filter(move |&layer| layer != from && !layers.allow(layer, from))
    };
    inward(from).find(|&first| {
        let (mut reached, mut next) = (vec![first], 0);
        while let Some(&layer) = reached.get(next) {
            if layer == to {
                return true;
            }
            reached.extend(inward(layer).filter(|layer| !reached.contains(layer)).collect::<Vec<_>>());
            next += 1;
        }
        false
    })
}

/// Finding for a module without a layer. A module that only declares modules and re-exports needs none.
fn unclassified(layers: &Layers, subject: &Subject<'_>) -> Option<Finding> {
    if !subject.names.module(subject.krate, subject.module).facts.has_code {
        return None;
    }
    let names = quoted(layers.layers.iter().map(|layer| &*layer.name));
    let path = subject.path();
    let pattern = if path.len() == 1 { path[0].clone() } else { path[1..].join("::") };
    let message = format!("`{}` is in no layer", subject.name());
    let help = format!("add `{pattern}` to one of {names}, in `metadata.inject.layers.modules`");
    Some(about_module(layers, subject, message, help))
}

fn between(layers: &Layers, subject: &Subject<'_>, [one, other]: [LayerId; 2]) -> Finding {
    let (one, other) = (&layers.layers[one].name, &layers.layers[other].name);
    let message = format!(
        "`{}` is in two layers, `{one}` and `{other}`: their patterns are equally precise",
        subject.name()
    );
    let path = subject.path()[1..].join("::");
    about_module(layers, subject, message, format!("name it in one of them: `{path}`"))
}

fn about_module(layers: &Layers, subject: &Subject<'_>, message: String, help: String) -> Finding {
    Finding {
        key: Key { rule: ids::UNCLASSIFIED.to_owned(), module: subject.name(), path: String::new() },
        reason: layers.reason.clone(),
        message,
        label: None,
        help,
        places: vec![declaration(subject.names, subject.krate, subject.module)],
        can_be_known: false,
    }
}

/// Place where a module is declared; for the root, the first line of the crate.
fn declaration(names: &PackageNames<Facts>, krate: CrateId, id: ModuleId) -> Place {
    let module = names.module(krate, id);
    let declared = names.parent(krate, id).and_then(|parent| {
        let name = module.path.last()?;
        let items = &parent.scopes.module().items;
        let range = items.iter().find(|item| item.name == *name && item.kind == Kind::Module)?.range.clone();
        Some(Place { file: parent.facts.file.clone(), range })
    });
    declared.unwrap_or_else(|| {
        let file = module.facts.file.clone();
        let end = file.text.find('\n').unwrap_or(file.text.len());
        Place { file, range: 0..end }
    })
}
