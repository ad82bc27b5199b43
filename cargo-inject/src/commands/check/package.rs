//! Check of one package: its rules, its sources, its baseline.

use std::path::Path;

use super::{
    baseline::{Baseline, Change, Compared},
    config,
    facts::Facts,
    finding::Finding,
    rules,
};
use crate::{
    error::Error,
    package::Selected,
    source::{
        names::{CrateSource, PackageNames},
        walk,
    },
};

/// Result of checking a package.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) rules: usize,
    pub(crate) modules: usize,
    pub(crate) uses: usize,
    /// New violations, in the order of the files.
    pub(crate) new: Vec<Finding>,
    pub(crate) known: Vec<Finding>,
    /// Changes to the baseline, if it was written.
    pub(crate) change: Option<Change>,
}

/// Checks a package; returns `None` if it has no rules.
pub(crate) fn check(selected: &Selected, update: bool) -> Result<Option<Checked>, Error> {
    let Some(rules) = config::read(selected)? else { return Ok(None) };
    let package = &selected.package;
    let mut crates = Vec::new();
    for mut target in selected.targets()? {
        if rules.tests == Some(true) {
            target.conditions = target.conditions.with_test();
        }
        let modules = walk(&target, |module| {
            let (scopes, facts) = Facts::of(module);
            (module.path.clone(), scopes, facts)
        })?;
        crates.push(CrateSource { name: target.name, is_library: target.is_library, modules });
    }
    let names = PackageNames::new(crates, selected.dependencies());
    let (findings, uses) = rules::check(&rules, &names);

    let folder = package.manifest_path.as_std_path().parent().unwrap_or(Path::new(""));
    let mut baseline = Baseline::read(folder, &selected.here)?;
    let change = if update { Some(baseline.write(&findings)?) } else { None };
    if update {
        baseline = Baseline::read(folder, &selected.here)?;
    }
    let Compared { mut new, mut known } = baseline.compare(findings);
    for findings in [&mut new, &mut known] {
        findings.sort_by(|a, b| order(a).cmp(&order(b)));
    }
    Ok(Some(Checked {
        name: package.name.to_string(),
        rules: rules.count(),
        modules: names.modules().count(),
        uses,
        new,
        known,
        change,
    }))
}

fn order(finding: &Finding) -> (&Path, usize, &str) {
    let place = &finding.places[0];
    (&place.file.path, place.range.start, &finding.key.rule)
}
