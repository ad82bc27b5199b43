//! Lookup of paths.

use super::{
    package::{Binding, CrateId, ModuleId, PackageNames, Path},
    scopes::{Kind, MODULE, Scope, ScopeId},
    syntax::{Import, PathSyntax, Start},
    target::{Namespace, PathSite, Resolution, ResolveState, Target},
};

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

    pub(super) fn follow(
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
        let targets = module.bindings(name, wanted).filter_map(|binding| {
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
}
