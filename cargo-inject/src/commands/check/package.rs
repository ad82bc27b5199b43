//! One package: its rules, its sources, its baseline.

use std::{collections::HashMap, path::Path};

use cargo_metadata::Package;

use super::{
    baseline::{Baseline, Change, Compared},
    config,
    facts::Facts,
    finding::Finding,
    resolution::World,
    rules,
};
use crate::{
    cli::Selection,
    error::Error,
    package::Selected,
    source::{Target, walk},
};

/// What there is to say about a package.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) rules: usize,
    pub(crate) modules: usize,
    pub(crate) uses: usize,
    /// What fails, in the order of the files.
    pub(crate) new: Vec<Finding>,
    pub(crate) known: Vec<Finding>,
    /// What writing the baseline has changed.
    pub(crate) change: Option<Change>,
}

/// Crates that are there without being a dependency.
const ALWAYS: [&str; 4] = ["std", "core", "alloc", "proc_macro"];

/// Checks a package; `None` if there are no rules for it.
pub(crate) fn check(
    selected: &Selected,
    selection: &Selection,
    update: bool,
) -> Result<Option<Checked>, Error> {
    let Some(rules) = config::read(selected)? else { return Ok(None) };
    let package = &selected.package;
    let mut crates = Vec::new();
    for mut target in Target::all(selected, selection)? {
        if rules.tests == Some(true) {
            target.conditions = target.conditions.with_test();
        }
        let facts = walk(&target, Facts::of)?;
        crates.push((target.name, target.is_library, facts));
    }
    let world = World::new(crates, other_crates(package));
    let (findings, uses) = rules::check(&rules, &world);

    let folder = package.manifest_path.as_std_path().parent().unwrap_or(Path::new(""));
    let mut baseline = Baseline::read(folder)?;
    let change = if update { Some(baseline.write(&findings)?) } else { None };
    if update {
        baseline = Baseline::read(folder)?;
    }
    let Compared { mut new, mut known } = baseline.compare(findings);
    for findings in [&mut new, &mut known] {
        findings.sort_by(|a, b| order(a).cmp(&order(b)));
    }
    Ok(Some(Checked {
        name: package.name.to_string(),
        rules: rules.count(),
        modules: world.modules().count(),
        uses,
        new,
        known,
        change,
    }))
}

/// The names by which the code knows other crates, and their own: they differ where the manifest says `web = { package = "axum" }`.
fn other_crates(package: &Package) -> HashMap<String, String> {
    let name_in_code = |name: &str| name.replace('-', "_");
    let dependencies = package.dependencies.iter().map(|dependency| {
        let own = name_in_code(&dependency.name);
        (dependency.rename.as_deref().map_or_else(|| own.clone(), name_in_code), own)
    });
    dependencies.chain(ALWAYS.map(|name| (name.to_owned(), name.to_owned()))).collect()
}

fn order(finding: &Finding) -> (&Path, usize, &str) {
    let place = &finding.places[0];
    (&place.file.path, place.range.start, &finding.key.rule)
}
