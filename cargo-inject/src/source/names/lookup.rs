//! Lookup of paths.

use super::{
    package::{Binding, CrateId, ModuleId, PackageNames, Path},
    scopes::{Kind, MODULE, Scope, ScopeId},
    syntax::{Import, PathSyntax, Start, Visibility},
};

/// Place where a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PathSite {
    pub(crate) krate: CrateId,
    pub(crate) module: ModuleId,
    pub(crate) scope: ScopeId,
}

/// Namespace in which a name is looked up. A name can stand for a module, an item and a macro at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// Before `::`: a module or a type, the module first.
    Module,
    /// At the end of a path: an item first.
    Item,
    /// Attribute, derive or macro call.
    Macro,
}

/// Result of following a path.
#[derive(Debug)]
pub(crate) struct Resolution {
    pub(crate) path: Path,
    /// The names under which re-exports on the way know it.
    pub(crate) aliases: Vec<Path>,
    /// The import that brings the first name into scope, with the scope of that import.
    pub(crate) via: Option<(ScopeId, usize)>,
}

/// End of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Module(CrateId, ModuleId),
    Item(CrateId, ModuleId, String),
    /// In another crate: the crate's own name, and the rest as it is written.
    Foreign(Vec<String>),
    /// Below a module, but not written there: a macro may declare it.
    Unknown(CrateId, ModuleId, Vec<String>),
}

/// State of a lookup.
#[derive(Default)]
struct ResolveState {
    aliases: Vec<Path>,
    /// The path is read from tokens, and may not be one: an unknown first name is not taken for a crate.
    among_tokens: bool,
    /// Name in the manifest of the crate in which the path ends.
    renamed: Option<String>,
    /// The imports that are being followed: an import does not lead to itself.
    following: Vec<(CrateId, ModuleId, ScopeId, usize)>,
}

/// Types that paths begin with and that need no import.
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

impl PathSite {
    /// Place directly in a module.
    pub(crate) fn in_module(krate: CrateId, module: ModuleId) -> Self {
        Self { krate, module, scope: MODULE }
    }
}

impl<F> PackageNames<F> {
    /// Follows a path from the place where it is written. Returns `None` if the path leads to something unknown, such as a name from the
    /// prelude, a generic parameter, or an item that a macro declares.
    ///
    /// `among_tokens`: the path is read from tokens that are not parsed.
    pub(crate) fn resolve(
        &self,
        site: PathSite,
        path: &PathSyntax,
        among_tokens: bool,
    ) -> Option<Resolution> {
        let mut state = ResolveState { among_tokens, ..ResolveState::default() };
        let mut via = None;
        let target = self.follow(site, path, Namespace::Item, &mut state, &mut via)?;
        Some(self.resolution(target, state, via))
    }

    /// Follows an import of a scope. The import is not found by its own name.
    pub(crate) fn resolve_import(
        &self,
        site: PathSite,
        number: usize,
        import: &Import,
    ) -> Option<Resolution> {
        let mut state = ResolveState::following(site, number);
        let target = self.follow(site, &import.path, Namespace::Item, &mut state, &mut None)?;
        Some(self.resolution(target, state, None))
    }

    /// End of a path in one namespace.
    pub(crate) fn target(&self, site: PathSite, path: &PathSyntax, wanted: Namespace) -> Option<Target> {
        self.follow(site, path, wanted, &mut ResolveState::default(), &mut None)
    }

    /// End of an import of a scope in one namespace.
    pub(crate) fn import_target(
        &self,
        site: PathSite,
        number: usize,
        import: &Import,
        wanted: Namespace,
    ) -> Option<Target> {
        let mut state = ResolveState::following(site, number);
        self.follow(site, &import.path, wanted, &mut state, &mut None)
    }

    /// Whether a module has something with this name, of any kind: declared, imported, or from a glob import.
    pub(crate) fn is_taken(&self, krate: CrateId, module: ModuleId, name: &str) -> bool {
        let site = PathSite::in_module(krate, module);
        let module = self.module(krate, module);
        module.names.contains_key(name)
            || [Namespace::Module, Namespace::Item, Namespace::Macro]
                .into_iter()
                .any(|wanted| self.through_globs(site, name, wanted, &mut ResolveState::default()).is_some())
    }

    /// Import of a module that brings `name` into scope by that name.
    pub(crate) fn import(&self, krate: CrateId, module: ModuleId, name: &str) -> Option<&Import> {
        self.module(krate, module).scopes.module().imports.iter().find(|import| import.is_named(name))
    }

    fn resolution(
        &self,
        target: Target,
        mut state: ResolveState,
        via: Option<(ScopeId, usize)>,
    ) -> Resolution {
        let path = self.path(target);
        if let (Some(name), None) = (state.renamed, path.krate) {
            let mut renamed = path.clone();
            renamed.names[0] = name;
            state.aliases.push(renamed);
        }
        Resolution { path, aliases: state.aliases, via }
    }

    fn follow(
        &self,
        site: PathSite,
        path: &PathSyntax,
        wanted: Namespace,
        state: &mut ResolveState,
        via: &mut Option<(ScopeId, usize)>,
    ) -> Option<Target> {
        let names = &path.names[..];
        let namespace = |rest: &[String]| if rest.is_empty() { wanted } else { Namespace::Module };
        let (mut target, mut rest) = match path.start {
            Start::Crate => (Target::Module(site.krate, 0), names),
            Start::Up(count) => {
                let mut module = site.module;
                for _ in 0..count {
                    module = self.module(site.krate, module).parent?;
                }
                (Target::Module(site.krate, module), names)
            }
            Start::Global => {
                let (first, rest) = names.split_first()?;
                let krate = self.extern_prelude(site.krate, first, state);
                (krate.unwrap_or_else(|| Target::Foreign(vec![first.clone()])), rest)
            }
            Start::Name => {
                let (first, rest) = names.split_first()?;
                let target = self.in_scope(site, first, namespace(rest), state, via);
                (target.or_else(|| self.unlisted_crate(site, first, namespace(rest), state))?, rest)
            }
        };
        while let Some((name, after)) = rest.split_first() {
            rest = after;
            target = match target {
                Target::Module(krate, module) => self
                    .in_module((krate, module), name, namespace(rest), site, state)
                    .unwrap_or_else(|| Target::Unknown(krate, module, vec![name.clone()])),
                // Something that belongs to the item.
                Target::Item(..) => break,
                Target::Foreign(mut names) => {
                    names.push(name.clone());
                    Target::Foreign(names)
                }
                Target::Unknown(krate, module, mut names) => {
                    names.push(name.clone());
                    Target::Unknown(krate, module, names)
                }
            };
        }
        Some(target)
    }

    /// Meaning of a name at a place: in a block, in the module, by a glob import, as a crate, or by `#[macro_use]`.
    fn in_scope(
        &self,
        site: PathSite,
        name: &str,
        wanted: Namespace,
        state: &mut ResolveState,
        via: &mut Option<(ScopeId, usize)>,
    ) -> Option<Target> {
        let module = self.module(site.krate, site.module);
        let mut scope = site.scope;
        while scope != MODULE {
            let Scope { parent, items, imports, .. } = module.scopes.get(scope);
            for item in items.iter().filter(|item| item.name == name) {
                match &item.kind {
                    Kind::Module | Kind::Item | Kind::Crate(_) if wanted == Namespace::Macro => {}
                    Kind::Crate(krate) => return self.extern_crate(site.krate, krate, state),
                    Kind::Macro { .. } if wanted == Namespace::Module => {}
                    // No other code can name an item in the body of a function.
                    _ => return None,
                }
            }
            let here = PathSite { scope, ..site };
            let named = imports.iter().enumerate().filter(|(_, import)| import.is_named(name));
            let targets = named.filter_map(|(number, import)| {
                Some((number, self.imported(here, number, import, wanted, state)?))
            });
            if let Some((number, target)) = self.likeliest(wanted, targets) {
                *via = Some((scope, number));
                return Some(target);
            }
            for (number, import) in imports.iter().enumerate().filter(|(_, import)| import.is_glob()) {
                if let Some(target) = self.globbed(here, number, import, name, wanted, state) {
                    *via = Some((scope, number));
                    return Some(target);
                }
            }
            scope = parent.unwrap_or(MODULE);
        }
        let targets = ordered(module.names.get(name), wanted).filter_map(|binding| {
            Some((binding, self.bound((site.krate, site.module), name, binding, wanted, state)?))
        });
        if let Some((binding, target)) = self.likeliest(wanted, targets) {
            if let Binding::Import(number) = binding {
                *via = Some((MODULE, *number));
            }
            return Some(target);
        }
        if let Some((number, target)) = self.through_globs(site, name, wanted, state) {
            *via = Some((MODULE, number));
            return Some(target);
        }
        match wanted {
            Namespace::Macro => self.by_macro_use(site.krate, name, state),
            Namespace::Module | Namespace::Item => self.extern_prelude(site.krate, name, state),
        }
    }

    /// Meaning of a name by the glob imports of a module, with the number of the import.
    fn through_globs(
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
    fn in_module(
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
        let targets = ordered(module.names.get(name), wanted).filter_map(|binding| {
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

    fn bound(
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

    fn imported(
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
    fn globbed(
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
    fn likeliest<T>(
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
    fn by_macro_use(&self, krate: CrateId, name: &str, state: &mut ResolveState) -> Option<Target> {
        let root = self.module(krate, 0).scopes.module();
        root.macro_use.iter().filter(|used| used.covers(name)).find_map(|used| {
            match self.crate_called(&used.krate, state)? {
                Target::Foreign(krate) => self.foreign_macro(&krate, name),
                _ => None,
            }
        })
    }

    /// Crate by the name that `extern crate` in the root of the crate gives it, or by the name that the manifest gives it.
    fn extern_prelude(&self, own: CrateId, name: &str, state: &mut ResolveState) -> Option<Target> {
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

    fn extern_crate(&self, own: CrateId, name: &str, state: &mut ResolveState) -> Option<Target> {
        if name == "self" { Some(Target::Module(own, 0)) } else { self.crate_called(name, state) }
    }

    /// Crate whose name is not that of its package, such as `md5` of `md-5`, if the name cannot be anything else.
    fn unlisted_crate(
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
    fn crate_called(&self, name: &str, state: &mut ResolveState) -> Option<Target> {
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

    fn path(&self, target: Target) -> Path {
        match target {
            Target::Module(krate, id) => {
                let names = self.module(krate, id).path.clone();
                Path { krate: Some(krate), modules: names.len(), names }
            }
            Target::Item(krate, id, name) => self.below(krate, id, [name]),
            Target::Unknown(krate, id, names) => self.below(krate, id, names),
            Target::Foreign(names) => Path { krate: None, modules: 1, names },
        }
    }

    fn below(&self, krate: CrateId, id: ModuleId, rest: impl IntoIterator<Item = String>) -> Path {
        let mut names = self.module(krate, id).path.clone();
        let modules = names.len();
        names.extend(rest);
        Path { krate: Some(krate), names, modules }
    }
}

impl ResolveState {
    fn following(site: PathSite, number: usize) -> Self {
        let PathSite { krate, module, scope } = site;
        Self { following: vec![(krate, module, scope, number)], ..Self::default() }
    }
}

/// Bindings of a name that a namespace admits, the likeliest first.
fn ordered(bindings: Option<&Vec<Binding>>, wanted: Namespace) -> impl Iterator<Item = &Binding> {
    let bindings = bindings.map(Vec::as_slice).unwrap_or_default();
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
