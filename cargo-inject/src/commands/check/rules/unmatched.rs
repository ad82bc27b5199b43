//! Rules about nothing: a typing mistake, or what is left of a module that is gone.

use super::{Finding, Place};
use crate::commands::check::{
    config::{Rules, ids, model::Written, pattern::is_like},
    finding::Key,
    resolution::World,
};

/// The patterns for which there is nothing.
pub(super) fn check(rules: &Rules, world: &World) -> Vec<Finding> {
    let mut findings = Vec::new();
    let layers = rules.layers.iter().flat_map(|layers| &layers.layers).flat_map(|layer| &layer.modules.0);
    let modules = layers
        .chain(rules.usage().iter().flat_map(|rule| rule.modules.0.iter().chain(&rule.except.0)))
        .chain(
            rules.contexts().iter().flat_map(|contexts| contexts.modules.0.iter().chain(&contexts.except.0)),
        )
        .chain(
            rules.names().iter().filter_map(|names| names.modules.as_ref()).flat_map(|patterns| &patterns.0),
        );
    let used = rules.usage().iter().flat_map(|rule| &rule.uses.patterns().0);
    for written in modules.filter(|span| span.must_match && !covers_something(span, world)) {
        findings.push(nothing(&written.pattern.to_string(), &written.place, "module or item"));
    }
    let used = used.filter(|span| span.pattern.names().next() == Some("crate"));
    for written in used.filter(|span| span.must_match && !begins_somewhere(span, world)) {
        findings.push(nothing(&written.pattern.to_string(), &written.place, "module or item"));
    }
    for names in rules.names().iter().filter(|names| names.must_match) {
        let mut types = world.modules().flat_map(|(_, _, module)| &module.facts.types);
        if !types.any(|ty| is_like(&names.pattern, &ty.name)) {
            findings.push(nothing(&names.pattern, &names.place, "struct, enum or trait"));
        }
    }
    findings
}

fn covers_something(written: &Written, world: &World) -> bool {
    world.modules().any(|(_, _, module)| {
        let covers = |path: &[String], modules| written.pattern.covers(path, modules).is_some();
        covers(&module.path, module.path.len())
            || module.item_paths().any(|path| covers(&path, module.path.len()))
    })
}

/// Whether there is what the first names of a pattern say: a rule may well be about items that should not be there.
fn begins_somewhere(written: &Written, world: &World) -> bool {
    let names: Vec<_> = written.pattern.names().collect();
    let begins = |path: &[String]| {
        path.len() >= names.len() && path.iter().zip(&names).all(|(segment, name)| segment == name)
    };
    world
        .modules()
        .any(|(_, _, module)| begins(&module.path) || module.item_paths().any(|path| begins(&path)))
}

fn nothing(pattern: &str, place: &Place, what: &str) -> Finding {
    Finding {
        key: Key { rule: ids::UNMATCHED.to_owned(), module: String::new(), path: pattern.to_owned() },
        reason: "a rule about nothing looks like a rule that holds".to_owned(),
        message: format!("there is no {what} for the pattern `{pattern}`"),
        label: None,
        help: "correct it or remove it; a rule about what is not there yet says `allow-unmatched = true`"
            .to_owned(),
        places: vec![place.clone()],
        can_be_known: false,
    }
}
