//! Rules, applied to the uses of modules.

mod layers;
mod names;
mod subject;
mod unmatched;
mod usage;
mod wiring;

use self::subject::Subject;
use super::{config::Rules, facts::Facts, finding::Finding, uses::uses};
use crate::source::names::PackageNames;

/// Checks the modules of a package. Returns the findings and the number of uses.
pub(super) fn check(rules: &Rules, package: &PackageNames<Facts>) -> (Vec<Finding>, usize) {
    let mut findings = Vec::new();
    let mut count = 0;
    let mut classes = rules.layers.as_ref().map(layers::Classes::new);
    for (krate, module, _) in package.modules() {
        let subject = Subject { names: package, krate, module, uses: uses(package, krate, module) };
        count += subject.uses.len();
        if let Some(classes) = &mut classes {
            findings.extend(classes.check(&subject));
        }
        findings.extend(rules.usage().iter().flat_map(|rule| usage::check(rule, &subject)));
        findings
            .extend(rules.contexts().iter().flat_map(|contexts| usage::check_contexts(contexts, &subject)));
    }
    findings.extend(rules.names().iter().flat_map(|names| names::check(names, package)));
    findings.extend(rules.wiring.iter().flat_map(|wiring| wiring::check(wiring, package)));
    findings.extend(unmatched::check(rules, package));
    (findings, count)
}
