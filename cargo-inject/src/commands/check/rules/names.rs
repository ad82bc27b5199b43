//! Names: types with certain names have an attribute, or are in certain modules.

use crate::{
    commands::check::{
        config::{model::Names, pattern::is_like},
        facts::{Facts, Type},
        finding::{Finding, Key, Place},
    },
    source::names::{CrateId, ModuleId, Namespace, PackageNames, PathSite, PathSyntax, Target},
};

pub(super) fn check(names: &Names, package: &PackageNames<Facts>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (krate, id, module) in package.modules() {
        for declared in module.facts.types.iter().filter(|ty| is_like(&names.pattern, &ty.name)) {
            let place = Place { file: module.facts.file.clone(), range: declared.range.clone() };
            let mut add = |message: String, help: String| {
                findings.push(Finding {
                    key: Key {
                        rule: names.id.clone(),
                        module: package.module_name(krate, id),
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
                        "`{name}` is in `{}`, which is not for types named `{pattern}`",
                        package.module_name(krate, id)
                    ),
                    format!("move it to {}, or give it another name", modules.list()),
                );
            } else if let Some(attribute) = &names.attribute
                && !has(attribute, declared, package, krate, id)
            {
                add(
                    format!("`{name}` has no `#[{attribute}]`, which all types named `{pattern}` need"),
                    format!("write `#[{attribute}]` above it, or give it another name"),
                );
            }
        }
    }
    findings
}

/// Whether a type has an attribute, under any name that an import gives it: above the type, or above one of its impl blocks.
fn has(
    attribute: &str,
    declared: &Type,
    package: &PackageNames<Facts>,
    krate: CrateId,
    module: ModuleId,
) -> bool {
    let site = PathSite::in_module(krate, module);
    let is_wanted = |path: &PathSyntax| {
        let name = match package.target(site, path, Namespace::Macro) {
            Some(Target::Foreign(names)) => names.last().cloned(),
            Some(Target::Item(_, _, name)) => Some(name),
            Some(Target::Module(..) | Target::Unknown(..)) | None => path.names.last().cloned(),
        };
        name.is_some_and(|name| name == attribute)
    };
    let impls = &package.module(krate, module).facts.impls;
    let of_impls = impls.iter().filter(|(of, _)| of.names == [&*declared.name]);
    declared.attributes.iter().chain(of_impls.flat_map(|(_, attributes)| attributes)).any(is_wanted)
}
