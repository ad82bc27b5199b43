//! Which macro a path names, as far as the sources of the crate show it.
//!
//! Imports, renamed or not, globs and re-exports inside of the crate are followed, as rustc does it, but for visibility: what a private
//! import would hide does not compile anyway. What another crate re-exports is not known here, and is nobody's macro.

use std::collections::HashMap;

use super::{
    macros::Macro,
    scope::{Scope, Written},
};
use crate::source::{Module, ModulePath};

/// The names of a crate.
pub(crate) struct Names {
    scopes: HashMap<ModulePath, Scope>,
    /// What the crate calls the runtime.
    runtime: Vec<String>,
    macro_use: Vec<Written>,
}

/// What a path may name. A name can stand for a module and a macro at once.
#[derive(Clone, Debug)]
enum Named {
    Runtime,
    Module(ModulePath),
    Macro(Macro),
}

/// The lookups that led here: imports may go round in circles.
type Trail = Vec<(ModulePath, String)>;

impl Names {
    /// The names in `modules`, where the runtime is called one of `runtime`.
    pub(crate) fn of(modules: &[Module<'_>], runtime: Vec<String>) -> Self {
        let scopes: HashMap<_, _> =
            modules.iter().map(|module| (module.path.clone(), Scope::of(module.items()))).collect();
        let root = scopes.get(&ModulePath::default());
        let macro_use = root.map(|root| root.macros_of.clone()).unwrap_or_default();
        Self { scopes, runtime, macro_use }
    }

    /// The macro of ours that `path` names in `module`.
    pub(super) fn macro_of(&self, module: &ModulePath, path: &syn::Path) -> Option<Macro> {
        self.macro_among(module, path, &Scope::default())
    }

    /// The same, in the body of a function with imports of its own.
    pub(super) fn macro_among(&self, module: &ModulePath, path: &syn::Path, body: &Scope) -> Option<Macro> {
        let mut written = Written::of(path);
        let first = written.names.first().filter(|_| !written.is_absolute).cloned();
        if let Some(import) = body.imports.iter().find(|import| Some(&import.name) == first.as_ref()) {
            let rest = written.names.split_off(1);
            written = import.path.clone();
            written.names.extend(rest);
        }
        let found = self.resolve(module, &written, &mut Trail::new());
        macro_in(found).or_else(|| {
            let name = first.filter(|_| path.segments.len() == 1)?;
            macro_in(self.in_globs(module, &name, &body.globs, &mut Trail::new()))
        })
    }

    /// Whether `module` has something called `name`, of whatever kind: declared, imported or in a glob.
    pub(super) fn is_taken(&self, module: &ModulePath, name: &str) -> bool {
        fn in_scope(names: &Names, module: &ModulePath, name: &str, depth: usize) -> bool {
            let Some(scope) = names.scopes.get(module).filter(|_| depth < 8) else { return false };
            scope.declared.contains(name)
                || scope.imports.iter().any(|import| import.name == name)
                || scope.globs.iter().any(|glob| {
                    let found = names.resolve(module, glob, &mut Trail::new());
                    found
                        .iter()
                        .any(|named| matches!(named, Named::Module(named) if in_scope(names, named, name, depth + 1)))
                })
        }
        in_scope(self, module, name, 0)
    }

    /// What `module` imports as `name`, as it is written there.
    pub(super) fn import(&self, module: &ModulePath, name: &str) -> Option<&Written> {
        let scope = self.scopes.get(module)?;
        scope.imports.iter().find(|import| import.name == name).map(|import| &import.path)
    }

    /// Whether a crate is the runtime.
    pub(super) fn is_runtime(&self, name: &str) -> bool {
        self.runtime.iter().any(|own| own == name)
    }

    fn resolve(&self, module: &ModulePath, path: &Written, trail: &mut Trail) -> Vec<Named> {
        let Some((first, rest)) = path.names.split_first() else { return Vec::new() };
        let mut found = match &**first {
            _ if path.is_absolute => self.krate(first),
            "crate" => vec![Named::Module(ModulePath::default())],
            "self" => vec![Named::Module(module.clone())],
            "super" => parent(module).into_iter().collect(),
            name => {
                let mut found = self.lookup(module, name, trail);
                if found.is_empty() {
                    found = self.krate(name);
                }
                if found.is_empty() && rest.is_empty() {
                    let prelude = self.macro_use.iter().flat_map(|krate| self.resolve(module, krate, trail));
                    found = prelude.flat_map(|named| self.member(&named, name, &mut Trail::new())).collect();
                }
                found
            }
        };
        for name in rest {
            found = found.iter().flat_map(|named| self.member(named, name, trail)).collect();
        }
        found
    }

    fn krate(&self, name: &str) -> Vec<Named> {
        if self.is_runtime(name) { vec![Named::Runtime] } else { Vec::new() }
    }

    /// `name` in what has been found.
    fn member(&self, of: &Named, name: &str, trail: &mut Trail) -> Vec<Named> {
        match (of, name) {
            (Named::Runtime, name) => Macro::called(name).map(Named::Macro).into_iter().collect(),
            (Named::Module(module), "super") => parent(module).into_iter().collect(),
            (Named::Module(_), "self") => vec![of.clone()],
            (Named::Module(module), name) => self.lookup(module, name, trail),
            (Named::Macro(_), _) => Vec::new(),
        }
    }

    /// `name` as an item of `module`.
    fn lookup(&self, module: &ModulePath, name: &str, trail: &mut Trail) -> Vec<Named> {
        let step = (module.clone(), name.to_owned());
        let Some(scope) = self.scopes.get(module).filter(|_| !trail.contains(&step)) else {
            return Vec::new();
        };
        trail.push(step);
        let child = module.join(name);
        let mut found = Vec::new();
        if self.scopes.contains_key(&child) {
            found.push(Named::Module(child));
        }
        for import in scope.imports.iter().filter(|import| import.name == name) {
            found.extend(self.resolve(module, &import.path, trail));
        }
        // What is imported by name, be it unknown, is not what a glob has.
        if found.is_empty() && !scope.imports.iter().any(|import| import.name == name) {
            found = self.in_globs(module, name, &scope.globs, trail);
        }
        trail.pop();
        found
    }

    fn in_globs(&self, module: &ModulePath, name: &str, globs: &[Written], trail: &mut Trail) -> Vec<Named> {
        let mut found = Vec::new();
        for glob in globs {
            for of in self.resolve(module, glob, trail) {
                found.extend(self.member(&of, name, trail));
            }
        }
        found
    }
}

fn macro_in(found: Vec<Named>) -> Option<Macro> {
    found.into_iter().find_map(|named| match named {
        Named::Macro(found) => Some(found),
        _ => None,
    })
}

fn parent(module: &ModulePath) -> Option<Named> {
    let (_, parent) = module.0.split_last()?;
    Some(Named::Module(ModulePath(parent.to_vec())))
}
