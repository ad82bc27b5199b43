//! Patterns that cover nothing: typing mistakes, or rules for a module that was removed.

use crate::{
    commands::check::{
        config::{Rules, ids, model::PatternSpan, pattern::is_like},
        facts::Facts,
        finding::{Finding, Key, Place},
    },
    source::names::PackageNames,
};

/// Findings for the patterns that cover nothing.
pub(super) fn check(rules: &Rules, package: &PackageNames<Facts>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let layers = rules.layers.iter().flat_map(|layers| &layers.layers).flat_map(|layer| &layer.modules.0);
    let modules = layers
        .chain(rules.usage().iter().flat_map(|rule| rule.modules.0.iter().chain(&rule.except.0)))
        .chain(
            rules.contexts().iter().flat_map(|contexts| contexts.modules.0.iter().chain(&contexts.except.0)),
        )
        .chain(rules.wiring.iter().flat_map(|wiring| &wiring.except.0))
        .chain(
            rules.names().iter().filter_map(|names| names.modules.as_ref()).flat_map(|patterns| &patterns.0),
        );
    let used = rules.usage().iter().flat_map(|rule| &rule.uses.patterns().0);
    for written in modules.filter(|span| span.must_match && !covers_something(span, package)) {
        findings.push(nothing(&written.pattern.to_string(), &written.place, "module or item"));
    }
    let used = used.filter(|span| span.pattern.names().next() == Some("crate"));
    for written in used.filter(|span| span.must_match && !begins_somewhere(span, package)) {
        findings.push(nothing(&written.pattern.to_string(), &written.place, "module or item"));
    }
    for names in rules.names().iter().filter(|names| names.must_match) {
        let mut types = package.modules().flat_map(|(_, _, module)| &module.facts.types);
        if !types.any(|ty| is_like(&names.pattern, &ty.name)) {
            findings.push(nothing(&names.pattern, &names.place, "struct, enum or trait"));
        }
    }
    findings
}

fn covers_something(written: &PatternSpan, package: &PackageNames<Facts>) -> bool {
    package.modules().any(|(_, _, module)| {
        let covers = |path: &[String], modules| written.pattern.covers(path, modules).is_some();
        covers(&module.path, module.path.len())
            || module.item_paths().any(|path| covers(&path, module.path.len()))
    })
}

/// Whether the names at the beginning of a pattern exist. The rest need not: a rule can be about items that must not exist.
fn begins_somewhere(written: &PatternSpan, package: &PackageNames<Facts>) -> bool {
    let names: Vec<_> = written.pattern.names().collect();
    let begins = |path: &[String]| {
        path.len() >= names.len() && path.iter().zip(&names).all(|(segment, name)| segment == name)
    };
    package
        .modules()
        .any(|(_, _, module)| begins(&module.path) || module.item_paths().any(|path| begins(&path)))
}

fn nothing(pattern: &str, place: &Place, what: &str) -> Finding {
    Finding {
        key: Key { rule: ids::UNMATCHED.to_owned(), module: String::new(), path: pattern.to_owned() },
        reason: "a rule that covers nothing looks like a rule that holds".to_owned(),
        message: format!("there is no {what} for the pattern `{pattern}`"),
        label: None,
        help: "correct or remove it; a rule for future code needs `allow-unmatched = true`".to_owned(),
        places: vec![place.clone()],
        can_be_known: false,
    }
}
