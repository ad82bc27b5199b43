//! Under which paths the items of a library can be named from outside of it.

use std::collections::{HashMap, HashSet, VecDeque};

use super::written::{Kind, Named, Written};
use crate::source::{ModulePath, Problems, Target, walk};

/// The modules of a library, and what is public.
pub(super) struct Library {
    /// Its name in paths.
    pub(super) name: String,
    modules: Vec<Written>,
    places: HashMap<ModulePath, usize>,
    public: HashMap<Found, Vec<String>>,
}

/// A module, or an item in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Found {
    Module(usize),
    Item(usize, usize),
}

/// Names whose imports are being followed, in which module: `use` can go in a ring.
type Followed<'a> = HashSet<(usize, &'a str)>;

impl Library {
    /// Reads the sources.
    ///
    /// # Errors
    ///
    /// A file is missing, or is not Rust.
    pub(super) fn read(target: &Target) -> Result<Self, Problems> {
        Ok(Self::of(target.name.replace('-', "_"), walk(target, Written::of)?))
    }

    fn of(name: String, modules: Vec<Written>) -> Self {
        let places = modules.iter().enumerate().map(|(place, module)| (module.path.clone(), place)).collect();
        let mut library = Self { name, modules, places, public: HashMap::new() };
        library.mark_constructed();
        library.public = library.reachable();
        library
    }

    /// All items.
    pub(super) fn items(&self) -> impl Iterator<Item = (Found, &Named)> {
        self.modules.iter().enumerate().flat_map(|(module, written)| {
            written.items.iter().enumerate().map(move |(item, named)| (Found::Item(module, item), named))
        })
    }

    /// The containers.
    pub(super) fn containers(&self) -> impl Iterator<Item = &Named> {
        let items = self.items().map(|(_, named)| named);
        items.filter(|item| matches!(item.kind, Kind::Type { is_container: true, .. }))
    }

    /// The path by which an item is named from outside, if there is one: the shortest.
    pub(super) fn public_path(&self, found: Found) -> Option<&[String]> {
        self.public.get(&found).map(Vec::as_slice)
    }

    /// The path of an item, as it is declared: `app::App`.
    pub(super) fn declared_path(&self, found: Found) -> Vec<String> {
        match found {
            Found::Module(module) => self.modules[module].path.0.clone(),
            Found::Item(module, item) => {
                let written = &self.modules[module];
                written.path.join(&*written.items[item].name).0
            }
        }
    }

    /// What a path in the module of `from` names.
    pub(super) fn resolved<'a>(&'a self, from: Found, path: &'a [String]) -> Vec<Found> {
        let (Found::Module(module) | Found::Item(module, _)) = from;
        self.resolve(module, path, &mut Followed::new())
    }

    /// Components whose stereotype is on the impl block with the constructor.
    fn mark_constructed(&mut self) {
        for found in self.constructed() {
            let Found::Item(module, item) = found else { continue };
            if let Kind::Type { is_component, .. } = &mut self.modules[module].items[item].kind {
                *is_component = true;
            }
        }
    }

    fn constructed(&self) -> Vec<Found> {
        let paths = self
            .modules
            .iter()
            .enumerate()
            .flat_map(|(module, written)| written.constructed.iter().map(move |path| (module, path)));
        paths.flat_map(|(module, path)| self.resolve(module, path, &mut Followed::new())).collect()
    }

    /// Breadth first, so that the first path to anything is the shortest.
    fn reachable(&self) -> HashMap<Found, Vec<String>> {
        let mut public = HashMap::new();
        let mut seen = HashSet::new();
        let mut pending = VecDeque::from([(0, Vec::new())]);
        while let Some((module, prefix)) = pending.pop_front() {
            let Some(written) = self.modules.get(module).filter(|_| seen.insert(module)) else { continue };
            let below = |name: &str| [&prefix[..], &[name.to_owned()]].concat();
            for (item, named) in written.items.iter().enumerate().filter(|(_, item)| item.is_public) {
                public.entry(Found::Item(module, item)).or_insert_with(|| below(&named.name));
            }
            for (name, _) in written.modules.iter().filter(|(_, is_public)| *is_public) {
                pending.extend(self.child(module, name).map(|child| (child, below(name))));
            }
            for import in written.imports.iter().filter(|import| import.is_public) {
                for found in self.resolve(module, &import.path, &mut Followed::new()) {
                    match (found, &import.name) {
                        (Found::Item(..), Some(name)) => {
                            public.entry(found).or_insert_with(|| below(name));
                        }
                        (Found::Module(used), Some(name)) => pending.push_back((used, below(name))),
                        // What is in it is as near as if it were here.
                        (Found::Module(used), None) => pending.push_front((used, prefix.clone())),
                        (Found::Item(..), None) => {}
                    }
                }
            }
        }
        public
    }

    fn child(&self, module: usize, name: &str) -> Option<usize> {
        self.places.get(&self.modules[module].path.join(name)).copied()
    }

    fn resolve<'a>(&'a self, module: usize, path: &'a [String], followed: &mut Followed<'a>) -> Vec<Found> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut found = match &**first {
            "crate" => vec![Found::Module(0)],
            "self" => vec![Found::Module(module)],
            name => self.named(module, name, followed),
        };
        for segment in rest {
            let modules = found.into_iter().filter_map(|found| match found {
                Found::Module(module) => Some(module),
                Found::Item(..) => None,
            });
            found = modules.flat_map(|module| self.named(module, segment, followed)).collect();
        }
        found
    }

    /// What a name means in a module: a module and a function can share it.
    fn named<'a>(&'a self, module: usize, name: &'a str, followed: &mut Followed<'a>) -> Vec<Found> {
        let written = &self.modules[module];
        if name == "super" {
            let above = written.path.0.split_last().map(|(_, above)| ModulePath(above.to_vec()));
            return above
                .and_then(|path| self.places.get(&path))
                .map(|place| Found::Module(*place))
                .into_iter()
                .collect();
        }
        let items = written.items.iter().enumerate().filter(|(_, item)| item.name == name);
        let mut found: Vec<_> = items.map(|(item, _)| Found::Item(module, item)).collect();
        found.extend(self.child(module, name).map(Found::Module));
        if followed.insert((module, name)) {
            for import in &written.imports {
                match &import.name {
                    Some(own) if own == name => found.extend(self.resolve(module, &import.path, followed)),
                    Some(_) => {}
                    None => {
                        for used in self.resolve(module, &import.path, followed) {
                            if let Found::Module(used) = used {
                                found.extend(self.named(used, name, followed));
                            }
                        }
                    }
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
