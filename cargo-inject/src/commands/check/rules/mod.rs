//! The rules, held against what modules use.

mod contexts;
mod layers;
mod names;
mod unmatched;
mod usage;

use std::{collections::HashMap, ops::Range};

use super::{
    config::Rules,
    finding::{Finding, Key, Place},
    resolution::{CrateId, ModuleId, Use, World, uses},
};

/// A module, with what it uses.
struct Subject<'a> {
    world: &'a World,
    krate: CrateId,
    module: ModuleId,
    uses: Vec<Use>,
}

/// Everything that is wrong with the modules of a package, and how many uses were looked at.
pub(crate) fn check(rules: &Rules, world: &World) -> (Vec<Finding>, usize) {
    let mut findings = Vec::new();
    let mut count = 0;
    let mut classes = rules.layers.as_ref().map(layers::Classes::new);
    for (krate, module, _) in world.modules() {
        let subject = Subject { world, krate, module, uses: uses(world, krate, module) };
        count += subject.uses.len();
        if let Some(classes) = &mut classes {
            findings.extend(classes.check(&subject));
        }
        findings.extend(rules.usage().iter().flat_map(|rule| usage::check(rule, &subject)));
        findings.extend(rules.contexts().iter().flat_map(|contexts| contexts::check(contexts, &subject)));
    }
    findings.extend(rules.names().iter().flat_map(|names| names::check(names, world)));
    findings.extend(unmatched::check(rules, world));
    (findings, count)
}

impl Subject<'_> {
    fn path(&self) -> &[String] {
        &self.world.module(self.krate, self.module).path
    }

    fn name(&self) -> String {
        self.world.module_name(self.krate, self.module)
    }

    fn place(&self, range: &Range<usize>) -> Place {
        Place { file: self.world.module(self.krate, self.module).facts.file.clone(), range: range.clone() }
    }

    fn key(&self, rule: &str, path: &str) -> Key {
        Key { rule: rule.to_owned(), module: self.name(), path: path.to_owned() }
    }

    /// One finding for each path whose use breaks a rule, with all the places where it is used. What comes by an import that
    /// breaks the rule itself is not told again.
    fn findings<T>(
        &self,
        breaks: impl Fn(usize, &Use) -> Option<T>,
        finding: impl Fn(&Use, &str, T, Place) -> Finding,
    ) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        let mut by_path: HashMap<String, usize> = HashMap::new();
        let mut broken = vec![false; self.uses.len()];
        for (number, used) in self.uses.iter().enumerate() {
            let Some(how) = breaks(number, used) else { continue };
            broken[number] = true;
            if used.via.is_some_and(|import| broken[import]) {
                continue;
            }
            let mut path = self.world.path_name(self.krate, &used.path);
            if used.is_glob {
                path += "::*";
            }
            let place = self.place(&used.range);
            if let Some(&earlier) = by_path.get(&path) {
                findings[earlier].places.push(place);
            } else {
                by_path.insert(path.clone(), findings.len());
                findings.push(finding(used, &path, how, place));
            }
        }
        findings
    }

    /// What there is to say at a use: where it leads, if that is not what is written there.
    fn label(&self, used: &Use) -> Option<String> {
        let alias = used.aliases.first()?;
        let (is, called) =
            (self.world.path_name(self.krate, &used.path), self.world.path_name(self.krate, alias));
        Some(format!("`{called}` is `{is}`"))
    }
}
