//! Module that the rules are applied to.

use std::{collections::HashMap, ops::Range};

use crate::{
    commands::check::{
        facts::Facts,
        finding::{Finding, Key, Place},
        uses::Use,
    },
    source::names::{CrateId, ModuleId, PackageNames},
};

/// Module with its uses.
pub(super) struct Subject<'a> {
    pub(super) names: &'a PackageNames<Facts>,
    pub(super) krate: CrateId,
    pub(super) module: ModuleId,
    pub(super) uses: Vec<Use>,
}

impl Subject<'_> {
    pub(super) fn path(&self) -> &[String] {
        &self.names.module(self.krate, self.module).path
    }

    pub(super) fn name(&self) -> String {
        self.names.module_name(self.krate, self.module)
    }

    pub(super) fn place(&self, range: &Range<usize>) -> Place {
        Place { file: self.names.module(self.krate, self.module).facts.file.clone(), range: range.clone() }
    }

    pub(super) fn key(&self, rule: &str, path: &str) -> Key {
        Key { rule: rule.to_owned(), module: self.name(), path: path.to_owned() }
    }

    /// Findings: one for each path whose use breaks a rule, with all places of the use. A use through an import that breaks the rule is not
    /// reported again.
    pub(super) fn findings<T>(
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
            let mut path = self.names.path_name(self.krate, &used.path);
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

    /// Text at a use whose path is an alias: the path by which the item is declared.
    pub(super) fn label(&self, used: &Use) -> Option<String> {
        let alias = used.aliases.first()?;
        let (is, called) =
            (self.names.path_name(self.krate, &used.path), self.names.path_name(self.krate, alias));
        Some(format!("`{called}` is `{is}`"))
    }
}
