//! Names: types that are called something are something.

use super::{Finding, Place};
use crate::commands::check::{
    config::{model::Names, pattern::is_like},
    facts::{Type, Written},
    finding::Key,
    resolution::{CrateId, ModuleId, World},
};

pub(super) fn check(names: &Names, world: &World) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (krate, id, module) in world.modules() {
        for declared in module.facts.types.iter().filter(|ty| is_like(&names.pattern, &ty.name)) {
            let place = Place { file: module.facts.file.clone(), range: declared.range.clone() };
            let mut add = |message: String, help: String| {
                findings.push(Finding {
                    key: Key {
                        rule: names.id.clone(),
                        module: world.module_name(krate, id),
                        path: declared.name.clone(),
                    },
                    reason: names.reason.clone(),
                    message,
                    label: None,
                    help,
                    places: vec![place.clone()],
                    can_be_known: true,
                });
            };
            let (name, pattern) = (&declared.name, &names.pattern);
            if let Some(modules) = &names.modules
                && !modules.cover(&module.path, module.path.len())
            {
                add(
                    format!(
                        "`{name}` is in `{}`, where no `{pattern}` belongs",
                        world.module_name(krate, id)
                    ),
                    format!("move it to {}, or give it another name", modules.list()),
                );
            } else if let Some(attribute) = &names.attribute
                && !has(attribute, declared, world, krate, id)
            {
                add(
                    format!("`{name}` has no `#[{attribute}]`, which all have that are called `{pattern}`"),
                    format!("write `#[{attribute}]` above it, or give it another name"),
                );
            }
        }
    }
    findings
}

/// Whether a type has an attribute, whatever it is imported as: above it, or above one of its impl blocks.
fn has(attribute: &str, declared: &Type, world: &World, krate: CrateId, module: ModuleId) -> bool {
    let is_it = |written: &Written| {
        let path = world.path_of(krate, module, written);
        let name = path.as_ref().map_or(&written.names, |resolved| &resolved.names).last();
        name.is_some_and(|last| last == attribute)
    };
    let of_impls =
        world.module(krate, module).facts.impls.iter().filter(|(of, _)| of.names == [&*declared.name]);
    declared.attributes.iter().chain(of_impls.flat_map(|(_, attributes)| attributes)).any(is_it)
}
