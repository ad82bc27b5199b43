//! What some modules may use, or not.

use super::{Finding, Subject};
use crate::commands::check::{
    config::model::{UsageRule, Uses},
    resolution::{Path, Use},
};

pub(super) fn check(rule: &UsageRule, subject: &Subject<'_>) -> Vec<Finding> {
    let path = subject.path();
    if !rule.modules.cover(path, path.len()) || rule.except.cover(path, path.len()) {
        return Vec::new();
    }
    subject.findings(
        |_, used| is_broken(rule, used).then_some(()),
        |used, path, (), place| {
            let module = subject.name();
            let help = rule.instead.clone().unwrap_or_else(|| match &rule.uses {
                Uses::Not(_) => {
                    format!("move this to a module that `{}` does not hold for, and use that", rule.name)
                }
                Uses::Only(only) => format!("what may be used here is {}", only.list()),
            });
            Finding {
                key: subject.key(&rule.name, path),
                reason: rule.reason.clone(),
                message: format!("`{module}` may not use `{path}`"),
                label: subject.label(used),
                help,
                places: vec![place],
                can_be_known: true,
            }
        },
    )
}

fn is_broken(rule: &UsageRule, used: &Use) -> bool {
    match &rule.uses {
        // Whatever it is called.
        Uses::Not(not) => used.paths().any(|path| not.cover(&path.names, path.modules)),
        // A module that may be used may hand out what it has from elsewhere; and modules of the rule may use each other.
        Uses::Only(only) => {
            !used.paths().any(|path| only.cover(&path.names, path.modules) || is_own(rule, path))
        }
    }
}

fn is_own(rule: &UsageRule, path: &Path) -> bool {
    path.krate.is_some() && rule.modules.cover(&path.names, path.modules)
}
