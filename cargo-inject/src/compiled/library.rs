//! Containers, components and functions for routes of a library, and the paths under which they can be named from outside.

use std::collections::{HashMap, HashSet, VecDeque};

use super::facts::{ItemKind, ModuleFacts};
use crate::source::{
    Problems, Target as Crate,
    names::{
        CrateSource, Declared, Dependencies, Imported, Kind as DeclaredKind, MODULE, ModuleId, Namespace,
        PackageNames, PathSite, PathSyntax, Scopes, Target, Visibility,
    },
    walk,
};

/// Containers, components and functions for routes of a library.
pub(super) struct Library {
    /// Name of the library in paths.
    pub(super) name: String,
    items: Vec<LibraryItem>,
    public: HashMap<ItemId, Vec<String>>,
}

/// Number of an item in [`Library::items`].
pub(super) type ItemId = usize;

/// Item of a library.
pub(super) struct LibraryItem {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// `src/app.rs:12`
    pub(super) place: String,
    /// Path by which it is declared: `app::App`.
    pub(super) declared: String,
    is_public: bool,
}

/// Kind of an item.
pub(super) enum Kind {
    /// Struct without generic parameters.
    Type { is_container: bool, is_component: bool },
    /// Function without parameters that returns `Routes<..>` of a container, with the items that its body mentions.
    Routes { container: ContainerName, mentions: Vec<ItemId> },
    /// Function that returns something else.
    Other,
}

/// Container as the return type of a function names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ContainerName {
    Item(ItemId),
    /// Last name of a path that cannot be resolved.
    Named(String),
}

const STEREOTYPES: [&str; 5] = ["service", "repository", "infrastructure", "common", "component"];

impl Library {
    /// Reads the sources.
    ///
    /// # Errors
    ///
    /// A file is missing, or is not Rust.
    pub(super) fn read(target: &Crate, dependencies: Dependencies) -> Result<Self, Problems> {
        let modules =
            walk(target, |module| (module.path.clone(), Scopes::of(module), ModuleFacts::of(module)))?;
        let source = CrateSource { name: target.name.clone(), is_library: target.is_library, modules };
        let names = PackageNames::new([source], dependencies);
        Ok(Resolver::new(&names).library(target.name.replace('-', "_")))
    }

    /// All items.
    pub(super) fn items(&self) -> impl Iterator<Item = (ItemId, &LibraryItem)> {
        self.items.iter().enumerate()
    }

    /// Containers.
    pub(super) fn containers(&self) -> impl Iterator<Item = &LibraryItem> {
        self.items.iter().filter(|item| matches!(item.kind, Kind::Type { is_container: true, .. }))
    }

    /// Shortest path by which an item is named from outside, if there is one.
    pub(super) fn public_path(&self, item: ItemId) -> Option<&[String]> {
        self.public.get(&item).map(Vec::as_slice)
    }
}

/// Resolution of the facts of a library.
struct Resolver<'a> {
    names: &'a PackageNames<ModuleFacts>,
    /// Numbers of the items, by module and name. A type and a function can share a name.
    ids: HashMap<(ModuleId, &'a str), Vec<ItemId>>,
}

impl<'a> Resolver<'a> {
    fn new(names: &'a PackageNames<ModuleFacts>) -> Self {
        let mut ids: HashMap<_, Vec<_>> = HashMap::new();
        let items = names
            .modules()
            .flat_map(|(_, module, all)| all.facts.items.iter().map(move |item| (module, &*item.name)));
        for (id, key) in items.enumerate() {
            ids.entry(key).or_default().push(id);
        }
        Self { names, ids }
    }

    fn library(&self, name: String) -> Library {
        let mut items = Vec::new();
        for (_, id, module) in self.names.modules() {
            let site = PathSite::in_module(0, id);
            for facts in &module.facts.items {
                let kind = match &facts.kind {
                    ItemKind::Struct(attributes) => Kind::Type {
                        is_container: self.has(site, attributes, &["container"]),
                        is_component: self.has(site, attributes, &STEREOTYPES),
                    },
                    ItemKind::Function { output, argument, mentions } if self.is_routes(site, output) => {
                        let scoped = mentions.iter().map(|(path, offset)| {
                            (PathSite { scope: module.scopes.at(*offset), ..site }, path)
                        });
                        Kind::Routes {
                            container: self.container(site, argument),
                            mentions: scoped.flat_map(|(site, path)| self.item(site, path)).collect(),
                        }
                    }
                    ItemKind::Function { .. } => Kind::Other,
                };
                let path = module.path[1..].iter().chain([&facts.name]).map(String::as_str);
                items.push(LibraryItem {
                    name: facts.name.clone(),
                    kind,
                    place: facts.place.clone(),
                    declared: path.collect::<Vec<_>>().join("::"),
                    is_public: facts.is_public,
                });
            }
        }
        // Components whose stereotype is on the impl block with the constructor.
        for (_, id, module) in self.names.modules() {
            let site = PathSite::in_module(0, id);
            for (of, _) in module.facts.impls.iter().filter(|(_, all)| self.has(site, all, &STEREOTYPES)) {
                for id in self.item(site, of) {
                    if let Kind::Type { is_component, .. } = &mut items[id].kind {
                        *is_component = true;
                    }
                }
            }
        }
        let public = self.public(&items);
        Library { name, items, public }
    }

    /// Whether one of the attributes is a macro with one of these names. Where a path leads to another crate, which may re-export the
    /// macro, or is unknown, its last name decides.
    fn has(&self, site: PathSite, attributes: &[PathSyntax], names: &[&str]) -> bool {
        attributes.iter().any(|path| {
            let target = self.names.target(site, path, Namespace::Macro);
            let last = match &target {
                Some(Target::Foreign(found)) => found.last(),
                Some(Target::Unknown(..)) | None => path.names.last(),
                Some(Target::Item(..) | Target::Module(..)) => None,
            };
            last.is_some_and(|last| names.contains(&&**last))
        })
    }

    /// Whether a path leads to the type `Routes` of the runtime, or can lead to it.
    fn is_routes(&self, site: PathSite, path: &PathSyntax) -> bool {
        let last = match self.names.target(site, path, Namespace::Item) {
            Some(Target::Foreign(found)) => found.last().cloned(),
            Some(Target::Unknown(..)) | None => path.names.last().cloned(),
            Some(Target::Item(..) | Target::Module(..)) => None,
        };
        last.as_deref() == Some("Routes")
    }

    fn container(&self, site: PathSite, path: &PathSyntax) -> ContainerName {
        match self.item(site, path).first() {
            Some(id) => ContainerName::Item(*id),
            None => ContainerName::Named(path.names.last().cloned().unwrap_or_default()),
        }
    }

    /// Items that a path leads to.
    fn item(&self, site: PathSite, path: &PathSyntax) -> Vec<ItemId> {
        self.names.target(site, path, Namespace::Item).map(|target| self.ids_of(&target)).unwrap_or_default()
    }

    fn ids_of(&self, target: &Target) -> Vec<ItemId> {
        match target {
            Target::Item(_, module, name) => self.ids.get(&(*module, &**name)).cloned().unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Paths of the items that can be named from outside. The search goes breadth first, so the first path to an item is the shortest.
    fn public(&self, items: &[LibraryItem]) -> HashMap<ItemId, Vec<String>> {
        let mut public = HashMap::new();
        let mut seen = HashSet::new();
        let mut pending = VecDeque::from([(0, Vec::new())]);
        while let Some((module, prefix)) = pending.pop_front() {
            if !seen.insert(module) {
                continue;
            }
            let below = |name: &str| [&prefix[..], &[name.to_owned()]].concat();
            let scope = self.names.module(0, module).scopes.module();
            for declared in scope.items.iter().filter(|item| item.visibility == Visibility::Public) {
                let ids = self.ids.get(&(module, &*declared.name)).into_iter().flatten();
                for id in ids.filter(|id| items[**id].is_public) {
                    public.entry(*id).or_insert_with(|| below(&declared.name));
                }
                pending.extend(self.inside(module, declared).map(|inner| (inner, below(&declared.name))));
            }
            let site = PathSite { krate: 0, module, scope: MODULE };
            let imports = scope.imports.iter().enumerate();
            for (number, import) in imports.filter(|(_, import)| import.visibility == Visibility::Public) {
                let target = |wanted| self.names.import_target(site, number, import, wanted);
                match &import.names {
                    Imported::Unnamed => {}
                    // The items of the module are as near as if they were here.
                    Imported::Glob => {
                        if let Some(Target::Module(_, used)) = target(Namespace::Module) {
                            pending.push_front((used, prefix.clone()));
                        }
                    }
                    Imported::As(name) => {
                        if let Some(item) = target(Namespace::Item) {
                            for id in self.ids_of(&item) {
                                public.entry(id).or_insert_with(|| below(name));
                            }
                        }
                        if let Some(Target::Module(_, used)) = target(Namespace::Module) {
                            pending.push_back((used, below(name)));
                        }
                    }
                }
            }
        }
        public
    }

    /// Module that an item of a module is: declared there, or the root under the name of `extern crate self as name`.
    fn inside(&self, module: ModuleId, declared: &Declared) -> Option<ModuleId> {
        match &declared.kind {
            DeclaredKind::Module => {
                let path = PathSyntax::from_names(false, ["self".to_owned(), declared.name.clone()]);
                match self.names.target(PathSite::in_module(0, module), &path, Namespace::Module)? {
                    Target::Module(_, inner) => Some(inner),
                    _ => None,
                }
            }
            DeclaredKind::Crate(name) if name == "self" => Some(0),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
