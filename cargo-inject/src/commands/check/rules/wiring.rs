//! Wiring: components are built by the container, and resolved from it at the composition root.

use std::collections::{HashMap, HashSet};

use crate::{
    commands::check::{
        config::{ids, model::Wiring},
        facts::{Facts, wiring::Construction},
        finding::{Finding, Key, Place},
    },
    macros::Macro,
    source::names::{CrateId, ModuleId, PackageNames, PathSite, PathSyntax},
};

/// Attributes that make a type a component.
const STEREOTYPES: [&str; 5] = ["service", "repository", "infrastructure", "common", "component"];

/// Functions that build a component, besides those under `#[inject]`.
const CONSTRUCTORS: [&str; 2] = ["new", "default"];

/// Path of an item of the package, with its crate.
type Item = (CrateId, Vec<String>);

/// Wiring of a package.
struct Components<'a> {
    names: &'a PackageNames<Facts>,
    types: HashSet<Item>,
    /// Functions under `#[inject]`: their component, and their name.
    constructors: HashSet<(Item, String)>,
    factories: HashSet<Item>,
}

pub(super) fn check(wiring: &Wiring, names: &PackageNames<Facts>) -> Vec<Finding> {
    let known = Components::of(names);
    let mut findings = Vec::new();
    for (krate, id, module) in names.modules() {
        let path = &module.path;
        if is_root(names, krate, id) || wiring.except.cover(path, path.len()) {
            continue;
        }
        let mut found = Found { wiring, names, krate, id, by_path: HashMap::new(), findings: Vec::new() };
        let is_free = |function: &[String]| known.factories.contains(&(krate, [path, function].concat()));
        for construction in &module.facts.wiring.constructions {
            let Some((component, how)) = known.constructed(krate, id, construction) else { continue };
            let is_own = component.0 == krate && component.1[..component.1.len() - 1] == path[..];
            if !is_own && !is_free(&construction.function) {
                found.construction(&component, &how, construction);
            }
        }
        for (range, function) in &module.facts.wiring.resolved {
            if !is_free(function) {
                let place = Place { file: module.facts.file.clone(), range: range.clone() };
                found.resolved(place);
            }
        }
        findings.extend(found.findings);
    }
    findings
}

/// Whether a module is the composition root: it has a container, or is the root of a program.
fn is_root(names: &PackageNames<Facts>, krate: CrateId, id: ModuleId) -> bool {
    let module = names.module(krate, id);
    let is_program = !names.crates[krate].is_library && module.path.len() == 1;
    let site = PathSite::in_module(krate, id);
    let mut attributes = module.facts.types.iter().flat_map(|ty| &ty.attributes);
    is_program || attributes.any(|path| is_macro(names, site, path, &["container"]))
}

fn is_macro(names: &PackageNames<Facts>, site: PathSite, path: &PathSyntax, wanted: &[&str]) -> bool {
    Macro::named(names, site, path).is_some_and(|found| wanted.contains(&found.name))
}

impl<'a> Components<'a> {
    fn of(names: &'a PackageNames<Facts>) -> Self {
        let mut all =
            Self { names, types: HashSet::new(), constructors: HashSet::new(), factories: HashSet::new() };
        for (krate, id, module) in names.modules() {
            let site = PathSite::in_module(krate, id);
            let is_component = |attributes: &[PathSyntax]| {
                attributes.iter().any(|path| is_macro(names, site, path, &STEREOTYPES))
            };
            let structs = module.facts.types.iter().filter(|ty| is_component(&ty.attributes));
            all.types
                .extend(structs.map(|ty| (krate, [&*module.path, std::slice::from_ref(&ty.name)].concat())));
            let impls = module.facts.impls.iter().filter(|(_, attributes)| is_component(attributes));
            let impls: Vec<_> = impls.filter_map(|(of, _)| all.item(site, of)).collect();
            all.types.extend(impls);
            for (of, function) in &module.facts.wiring.constructors {
                if let Some(component) = all.item(site, of) {
                    all.constructors.insert((component, function.clone()));
                }
            }
            let factories = module.facts.wiring.factories.iter();
            let factories: Vec<_> = factories.filter_map(|path| all.item(site, path)).collect();
            all.factories.extend(factories);
        }
        all
    }

    fn item(&self, site: PathSite, path: &PathSyntax) -> Option<Item> {
        let path = self.names.resolve(site, path, false)?.path;
        Some((path.krate?, path.names))
    }

    /// Component that is constructed, and the text of the construction.
    fn constructed(
        &self,
        krate: CrateId,
        module: ModuleId,
        construction: &Construction,
    ) -> Option<(Item, String)> {
        let site = PathSite { krate, module, scope: construction.scope };
        let path = &construction.path;
        // A path to a function of a type ends at the type.
        if let ([of @ .., function], false) = (&*path.names, construction.is_literal)
            && !of.is_empty()
            && let Some(component) =
                self.component(site, &PathSyntax { start: path.start, names: of.to_vec() })
        {
            let constructs = CONSTRUCTORS.contains(&&**function)
                || self.constructors.contains(&(component.clone(), function.clone()));
            let text = format!("{}::{function}(..)", component.1.last()?);
            return constructs.then_some((component, text));
        }
        let component = self.component(site, path)?;
        let name = component.1.last()?;
        let text = if construction.is_literal { format!("{name} {{ .. }}") } else { format!("{name}(..)") };
        Some((component, text))
    }

    fn component(&self, site: PathSite, path: &PathSyntax) -> Option<Item> {
        self.item(site, path).filter(|item| self.types.contains(item))
    }
}

/// Findings of a module: one for each component, with all places.
struct Found<'a> {
    wiring: &'a Wiring,
    names: &'a PackageNames<Facts>,
    krate: CrateId,
    id: ModuleId,
    by_path: HashMap<String, usize>,
    findings: Vec<Finding>,
}

impl Found<'_> {
    fn construction(&mut self, (krate, names): &Item, how: &str, construction: &Construction) {
        let mut path = names.join("::");
        if *krate != self.krate {
            path = path.replacen("crate", &self.names.crates[*krate].name.replace('-', "_"), 1);
        }
        let file = self.names.module(self.krate, self.id).facts.file.clone();
        let place = Place { file, range: construction.range.clone() };
        let message = format!(
            "`{}` builds the component `{path}` by hand",
            self.names.module_name(self.krate, self.id)
        );
        let help = format!(
            "take it as a dependency, in place of `{how}`: the container builds it; a module that puts components together is in `except` of `metadata.inject.wiring`"
        );
        self.add(ids::BY_HAND, path, message, help, place);
    }

    fn resolved(&mut self, place: Place) {
        let message =
            format!("`{}` resolves values from the container", self.names.module_name(self.krate, self.id));
        let help = "take what is resolved as a dependency, in a field or as `Inject<T>`; a module that puts components together is in `except` of `metadata.inject.wiring`".to_owned();
        self.add(ids::RESOLVE, "resolve".to_owned(), message, help, place);
    }

    fn add(&mut self, rule: &str, path: String, message: String, help: String, place: Place) {
        if let Some(&earlier) = self.by_path.get(&path) {
            self.findings[earlier].places.push(place);
            return;
        }
        self.by_path.insert(path.clone(), self.findings.len());
        let module = self.names.module_name(self.krate, self.id);
        self.findings.push(Finding {
            key: Key { rule: rule.to_owned(), module, path },
            reason: self.wiring.reason.clone(),
            message,
            label: None,
            help,
            places: vec![place],
            can_be_known: true,
        });
    }
}
