//! Rules on uses: paths that modules may use, and modules that do not use each other's internals.

use super::subject::Subject;
use crate::{
    commands::check::{
        config::model::{Contexts, UsageRule, Uses},
        finding::Finding,
        uses::Use,
    },
    source::names::Path,
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
                    format!(
                        "move this to a module to which `{}` does not apply, and use that module",
                        rule.name
                    )
                }
                Uses::Only(only) => format!("this module may use {}", only.list()),
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
        // Under any of its names.
        Uses::Not(not) => used.paths().any(|path| not.cover(&path.names, path.modules)),
        // An allowed module may re-export from elsewhere; and modules of the rule may use each other.
        Uses::Only(only) => {
            !used.paths().any(|path| only.cover(&path.names, path.modules) || is_own(rule, path))
        }
    }
}

fn is_own(rule: &UsageRule, path: &Path) -> bool {
    path.krate.is_some() && rule.modules.cover(&path.names, path.modules)
}

pub(super) fn check_contexts(contexts: &Contexts, subject: &Subject<'_>) -> Vec<Finding> {
    let path = subject.path();
    if contexts.except.cover(path, path.len()) {
        return Vec::new();
    }
    let own = context_of(contexts, path).map(<[String]>::to_vec);
    subject.findings(
        |_, used| {
            let context = context_of_path(contexts, &used.path)?;
            let is_own = own.as_deref() == Some(context);
            (!is_own && !is_public(contexts, context, used)).then(|| context.join("::"))
        },
        |used, path, context, place| {
            let module = subject.name();
            let help = match &*contexts.public.list() {
                "" => "these modules do not use each other: let a module above them use both".to_owned(),
                public => format!("use the public part of `{context}`: {public}"),
            };
            Finding {
                key: subject.key(&contexts.id, path),
                reason: contexts.reason.clone(),
                message: format!("`{module}` uses `{path}`, which is internal to `{context}`"),
                label: subject.label(used),
                help,
                places: vec![place],
                can_be_known: true,
            }
        },
    )
}

fn context_of_path<'a>(contexts: &Contexts, path: &'a Path) -> Option<&'a [String]> {
    path.krate?;
    context_of(contexts, &path.names[..path.modules])
}

/// Context of a module, if it is in one.
fn context_of<'a>(contexts: &Contexts, modules: &'a [String]) -> Option<&'a [String]> {
    let ends = contexts.modules.0.iter().filter_map(|span| span.pattern.beginning(modules));
    ends.min().map(|end| &modules[..end])
}

/// Whether other modules may use it: by one of its names, or because it is the context itself.
fn is_public(contexts: &Contexts, context: &[String], used: &Use) -> bool {
    used.paths().filter(|path| path.names.starts_with(context)).any(|path| {
        let rest = &path.names[context.len()..];
        let modules = path.modules.saturating_sub(context.len());
        // `use crate::features::users;` does not say what of it.
        rest.is_empty() || contexts.public.cover(rest, modules)
    })
}
