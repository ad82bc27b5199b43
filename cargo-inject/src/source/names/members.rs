//! Members of modules and crates.

use super::{
    package::{Binding, CrateId, ModuleId, ModuleNames, PackageNames, Path},
    scopes::{Kind, MODULE},
    syntax::{Import, Visibility},
    target::{Namespace, PathSite, ResolveState, Target},
};

/// Types that paths begin with and that need no import.
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

impl<F> PackageNames<F> {
    /// Meaning of a name by the glob imports of a module, with the number of the import.
    pub(super) fn through_globs(
        &self,
        site: PathSite,
        name: &str,
        wanted: Namespace,
        state: &mut ResolveState,
    ) -> Option<(usize, Target)> {
        let site = PathSite { scope: MODULE, ..site };
        let module = self.module(site.krate, site.module);
        module.globs.iter().find_map(|&number| {
            let import = &module.scopes.module().imports[number];
            Some((number, self.globbed(site, number, import, name, wanted, state)?))
        })
    }

    /// Meaning of a name in a module, seen from the place `from`.
    pub(super) fn in_module(
        &self,
        (krate, id): (CrateId, ModuleId),
        name: &str,
        wanted: Namespace,
        from: PathSite,
        state: &mut ResolveState,
    ) -> Option<Target> {
        let module = self.module(krate, id);
        let is_inside = self.is_inside(from, (krate, id));
        let before = state.aliases.len();
        let targets = module.bindings(name, wanted).filter_map(|binding| {
            state.aliases.truncate(before);
            if let Binding::Import(number) = binding {
                let import = &module.scopes.module().imports[*number];
                if import.visibility == Visibility::Private && !is_inside {
                    return None;
                }
                self.add_alias((krate, id), name, import, state);
            }
            let target = self.bound((krate, id), name, binding, wanted, state)?;
            Some((state.aliases[before..].to_vec(), target))
        });
        let found = self.likeliest(wanted, targets);
        state.aliases.truncate(before);
        if let Some((aliases, target)) = found {
            state.aliases.extend(aliases);
            return Some(target);
        }
        for &number in &module.globs {
            let import = &module.scopes.module().imports[number];
            if import.visibility == Visibility::Private && !is_inside {
                continue;
            }
            let before = state.aliases.len();
            self.add_alias((krate, id), name, import, state);
            let site = PathSite::in_module(krate, id);
            if let Some(target) = self.globbed(site, number, import, name, wanted, state) {
                return Some(target);
            }
            state.aliases.truncate(before);
        }
        None
    }

    fn add_alias(
        &self,
        (krate, id): (CrateId, ModuleId),
        name: &str,
        import: &Import,
        state: &mut ResolveState,
    ) {
        if import.visibility != Visibility::Private {
            state.aliases.push(self.below(krate, id, [name.to_owned()]));
        }
    }

    pub(super) fn bound(
        &self,
        (krate, id): (CrateId, ModuleId),
        name: &str,
        binding: &Binding,
        wanted: Namespace,
        state: &mut ResolveState,
    ) -> Option<Target> {
        match binding {
            Binding::Module(id) => Some(Target::Module(krate, *id)),
            Binding::Item => Some(Target::Item(krate, id, name.to_owned())),
            Binding::Macro(id) => Some(Target::Item(krate, *id, name.to_owned())),
            Binding::Crate(name) => self.extern_crate(krate, name, state),
            Binding::Import(number) => {
                let import = &self.module(krate, id).scopes.module().imports[*number];
                self.imported(PathSite::in_module(krate, id), *number, import, wanted, state)
            }
        }
    }

    pub(super) fn imported(
        &self,
        site: PathSite,
        number: usize,
        import: &Import,
        wanted: Namespace,
        state: &mut ResolveState,
    ) -> Option<Target> {
        let step = (site.krate, site.module, site.scope, number);
        if state.following.contains(&step) {
            return None;
        }
        state.following.push(step);
        // An import is a path, even if tokens led to it.
        let among_tokens = std::mem::take(&mut state.among_tokens);
        let target = self.follow(site, &import.path, wanted, state, &mut None);
        state.among_tokens = among_tokens;
        state.following.pop();
        // A module is no macro, and a crate is none.
        target.filter(|target| match target {
            Target::Module(..) => wanted != Namespace::Macro,
            Target::Foreign(names) => wanted != Namespace::Macro || names.len() > 1,
            Target::Item(..) | Target::Unknown(..) => true,
        })
    }

    /// Meaning of a name by one glob import, if the import provides it.
    pub(super) fn globbed(
        &self,
        site: PathSite,
        number: usize,
        import: &Import,
        name: &str,
        wanted: Namespace,
        state: &mut ResolveState,
    ) -> Option<Target> {
        let step = (site.krate, site.module, site.scope, number);
        if state.following.contains(&step) {
            return None;
        }
        state.following.push(step);
        let before = state.aliases.len();
        let found = match self.follow(site, &import.path, Namespace::Module, state, &mut None) {
            Some(Target::Module(krate, id)) => {
                // Re-exports that lead to the module do not rename its items.
                state.aliases.truncate(before);
                self.is_exported((krate, id), name, site)
                    .then(|| self.in_module((krate, id), name, wanted, site, state))
                    .flatten()
            }
            Some(Target::Foreign(krate)) if wanted == Namespace::Macro => self.foreign_macro(&krate, name),
            _ => None,
        };
        if found.is_none() {
            state.aliases.truncate(before);
        }
        state.following.pop();
        found
    }

    /// Target in the namespace, among those that a name has. A name can be imported twice, as a macro and as another item: the first target
    /// that is certainly in the namespace counts, and otherwise the first one.
    pub(super) fn likeliest<T>(
        &self,
        wanted: Namespace,
        targets: impl Iterator<Item = (T, Target)>,
    ) -> Option<(T, Target)> {
        let mut first = None;
        for (source, target) in targets {
            let is_macro = match &target {
                Target::Foreign(names) => self.is_known_macro(names),
                Target::Item(..) => wanted == Namespace::Macro,
                Target::Module(..) | Target::Unknown(..) => false,
            };
            if is_macro == (wanted == Namespace::Macro) {
                return Some((source, target));
            }
            first.get_or_insert((source, target));
        }
        first
    }

    fn is_known_macro(&self, names: &[String]) -> bool {
        let [krate, name] = names else { return false };
        self.dependencies.macros.get(krate).is_some_and(|macros| macros.contains(&&**name))
    }

    /// Macro of another crate, if the macros of that crate are known.
    fn foreign_macro(&self, krate: &[String], name: &str) -> Option<Target> {
        let names = [krate, &[name.to_owned()]].concat();
        self.is_known_macro(&names).then_some(Target::Foreign(names))
    }

    /// Macro that `#[macro_use] extern crate` in the root of the crate brings into scope.
    pub(super) fn by_macro_use(
        &self,
        krate: CrateId,
        name: &str,
        state: &mut ResolveState,
    ) -> Option<Target> {
        let root = self.module(krate, 0).scopes.module();
        root.macro_use.iter().filter(|used| used.covers(name)).find_map(|used| {
            match self.crate_called(&used.krate, state)? {
                Target::Foreign(krate) => self.foreign_macro(&krate, name),
                _ => None,
            }
        })
    }

    /// Crate by the name that `extern crate` in the root of the crate gives it, or by the name that the manifest gives it.
    pub(super) fn extern_prelude(
        &self,
        own: CrateId,
        name: &str,
        state: &mut ResolveState,
    ) -> Option<Target> {
        let items = &self.module(own, 0).scopes.module().items;
        let renamed = items.iter().filter(|item| item.name == name).find_map(|item| match &item.kind {
            Kind::Crate(krate) => Some(krate),
            _ => None,
        });
        match renamed {
            Some(krate) => self.extern_crate(own, krate, state),
            None => self.crate_called(name, state),
        }
    }

    pub(super) fn extern_crate(&self, own: CrateId, name: &str, state: &mut ResolveState) -> Option<Target> {
        if name == "self" { Some(Target::Module(own, 0)) } else { self.crate_called(name, state) }
    }

    /// Crate whose name is not that of its package, such as `md5` of `md-5`, if the name cannot be anything else.
    pub(super) fn unlisted_crate(
        &self,
        site: PathSite,
        name: &str,
        wanted: Namespace,
        state: &ResolveState,
    ) -> Option<Target> {
        if state.among_tokens || wanted == Namespace::Macro {
            return None;
        }
        let is_certain = self
            .module(site.krate, site.module)
            .scopes
            .around(site.scope)
            .all(|scope| scope.items.iter().all(|item| item.name != name) && !scope.has_globs());
        let is_crate = name.starts_with(|first: char| first.is_lowercase()) && !PRIMITIVES.contains(&name);
        (is_certain && is_crate).then(|| Target::Foreign(vec![name.to_owned()]))
    }

    /// Library of the package, or another crate, by the name that the manifest gives it.
    pub(super) fn crate_called(&self, name: &str, state: &mut ResolveState) -> Option<Target> {
        if let Some(library) = self.library(name) {
            return Some(Target::Module(library, 0));
        }
        let own = self.dependencies.names.get(name)?;
        state.renamed = (own != name).then(|| name.to_owned());
        Some(Target::Foreign(vec![own.clone()]))
    }

    /// Whether a glob import provides a name of a module: a private name is for the inside only.
    fn is_exported(&self, module: (CrateId, ModuleId), name: &str, from: PathSite) -> bool {
        let items = &self.module(module.0, module.1).scopes.module().items;
        let mut declared = items.iter().filter(|item| item.name == name).peekable();
        declared.peek().is_none()
            || self.is_inside(from, module)
            || declared.any(|item| item.visibility != Visibility::Private)
    }

    fn is_inside(&self, from: PathSite, (krate, id): (CrateId, ModuleId)) -> bool {
        from.krate == krate && self.module(krate, from.module).path.starts_with(&self.module(krate, id).path)
    }

    pub(super) fn below(&self, krate: CrateId, id: ModuleId, rest: impl IntoIterator<Item = String>) -> Path {
        let mut names = self.module(krate, id).path.clone();
        let modules = names.len();
        names.extend(rest);
        Path { krate: Some(krate), names, modules }
    }
}

impl<F> ModuleNames<F> {
    /// Bindings of a name that a namespace admits, the likeliest first.
    pub(super) fn bindings(&self, name: &str, wanted: Namespace) -> impl Iterator<Item = &Binding> {
        let bindings = self.names.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_first = move |binding: &&Binding| match wanted {
            Namespace::Module => matches!(binding, Binding::Module(_)),
            Namespace::Item => matches!(binding, Binding::Item),
            Namespace::Macro => matches!(binding, Binding::Macro(_)),
        };
        let is_admitted = move |binding: &&Binding| {
            wanted != Namespace::Macro || matches!(binding, Binding::Macro(_) | Binding::Import(_))
        };
        let rest = bindings.iter().filter(move |binding| !is_first(binding));
        bindings.iter().filter(is_first).chain(rest).filter(is_admitted)
    }
}
