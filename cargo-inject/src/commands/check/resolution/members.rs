//! What a name is in a module: an item, a module, or what an import brings.

use super::{
    lookup::{Site, Target, Way},
    world::{Binding, CrateId, ModuleId, Path, World},
};
use crate::commands::check::facts::{Import, MODULE};

impl World {
    /// What a name is in a module, seen from somewhere else.
    pub(super) fn in_module(
        &self,
        (krate, id): (CrateId, ModuleId),
        name: &str,
        is_last: bool,
        from: Site,
        way: &mut Way,
    ) -> Option<Target> {
        let module = self.module(krate, id);
        let is_inside = self.is_inside(from, (krate, id));
        for binding in ordered(module.names.get(name), is_last) {
            let before = way.aliases.len();
            if let Binding::Import(number) = binding {
                let import = &module.facts.scopes[MODULE].imports[*number];
                if !import.visible && !is_inside {
                    continue;
                }
                self.add_alias((krate, id), name, import, way);
            }
            if let Some(target) = self.bound((krate, id), name, binding, way) {
                return Some(target);
            }
            way.aliases.truncate(before);
        }
        for &number in &module.globs {
            let import = &module.facts.scopes[MODULE].imports[number];
            if !import.visible && !is_inside {
                continue;
            }
            let before = way.aliases.len();
            self.add_alias((krate, id), name, import, way);
            let site = Site { krate, module: id, scope: MODULE };
            if let Some(target) = self.globbed(site, number, import, name, is_last, way) {
                return Some(target);
            }
            way.aliases.truncate(before);
        }
        None
    }

    fn add_alias(&self, (krate, id): (CrateId, ModuleId), name: &str, import: &Import, way: &mut Way) {
        if import.visible {
            let mut names = self.module(krate, id).path.clone();
            let modules = names.len();
            names.push(name.to_owned());
            way.aliases.push(Path { krate: Some(krate), names, modules });
        }
    }

    pub(super) fn bound(
        &self,
        (krate, id): (CrateId, ModuleId),
        name: &str,
        binding: &Binding,
        way: &mut Way,
    ) -> Option<Target> {
        match binding {
            Binding::Module(id) => Some(Target::Module(krate, *id)),
            Binding::Item => Some(Target::Item(krate, id, name.to_owned())),
            Binding::ExportedMacro(id) => Some(Target::Item(krate, *id, name.to_owned())),
            Binding::Crate(name) if name == "self" => Some(Target::Module(krate, 0)),
            Binding::Crate(name) => self.crate_called(name, way),
            Binding::Import(number) => {
                let import = &self.module(krate, id).facts.scopes[MODULE].imports[*number];
                self.imported(Site { krate, module: id, scope: MODULE }, *number, import, way)
            }
        }
    }

    pub(super) fn imported(
        &self,
        site: Site,
        number: usize,
        import: &Import,
        way: &mut Way,
    ) -> Option<Target> {
        let step = (site.krate, site.module, site.scope, number);
        if way.following.contains(&step) {
            return None;
        }
        way.following.push(step);
        // Whatever led here: this is an import.
        let with_care = std::mem::take(&mut way.with_care);
        let target = self.follow(site, &import.path, way, &mut None);
        way.with_care = with_care;
        way.following.pop();
        target
    }

    /// A name that a glob import brings in, if it does.
    pub(super) fn globbed(
        &self,
        site: Site,
        number: usize,
        import: &Import,
        name: &str,
        is_last: bool,
        way: &mut Way,
    ) -> Option<Target> {
        let step = (site.krate, site.module, site.scope, number);
        if way.following.contains(&step) {
            return None;
        }
        way.following.push(step);
        let before = way.aliases.len();
        let found = match self.follow(site, &import.path, way, &mut None) {
            Some(Target::Module(krate, id)) => {
                // The re-exports that lead to the module do not rename what is in it.
                way.aliases.truncate(before);
                self.is_exported((krate, id), name, site)
                    .then(|| self.in_module((krate, id), name, is_last, site, way))
                    .flatten()
            }
            _ => None,
        };
        if found.is_none() {
            way.aliases.truncate(before);
        }
        way.following.pop();
        found
    }

    /// Whether a glob import sees a name of a module: one that is private is only for what is inside.
    fn is_exported(&self, module: (CrateId, ModuleId), name: &str, from: Site) -> bool {
        let items = &self.module(module.0, module.1).facts.scopes[MODULE].items;
        let mut declared = items.iter().filter(|item| item.name == name).peekable();
        declared.peek().is_none() || self.is_inside(from, module) || declared.any(|item| item.visible)
    }

    fn is_inside(&self, from: Site, (krate, id): (CrateId, ModuleId)) -> bool {
        from.krate == krate && self.module(krate, from.module).path.starts_with(&self.module(krate, id).path)
    }
}

/// What a name may mean, the likeliest first: before `::` that is a module, at the end of a path an item.
pub(super) fn ordered(bindings: Option<&Vec<Binding>>, is_last: bool) -> impl Iterator<Item = &Binding> {
    let bindings = bindings.map(Vec::as_slice).unwrap_or_default();
    let is_first = move |binding: &&Binding| {
        let is_module = matches!(binding, Binding::Module(_));
        if is_last { matches!(binding, Binding::Item) } else { is_module }
    };
    bindings.iter().filter(is_first).chain(bindings.iter().filter(move |binding| !is_first(binding)))
}
