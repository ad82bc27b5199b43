//! Bounded contexts: modules that keep out of each other's internals.

use super::{Finding, Subject};
use crate::commands::check::{
    config::model::Contexts,
    resolution::{Path, Use},
};

pub(super) fn check(contexts: &Contexts, subject: &Subject<'_>) -> Vec<Finding> {
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
                "" => "these modules use nothing of each other: let a module above them use both".to_owned(),
                public => format!("use what `{context}` has for others: {public}"),
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

/// The context that a module is in, if it is in one.
fn context_of<'a>(contexts: &Contexts, modules: &'a [String]) -> Option<&'a [String]> {
    let ends = contexts.modules.0.iter().filter_map(|span| span.pattern.beginning(modules));
    ends.min().map(|end| &modules[..end])
}

/// Whether others may use it: by one of its names, or because it is nothing but the context itself.
fn is_public(contexts: &Contexts, context: &[String], used: &Use) -> bool {
    used.paths().filter(|path| path.names.starts_with(context)).any(|path| {
        let rest = &path.names[context.len()..];
        let modules = path.modules.saturating_sub(context.len());
        // `use crate::features::users;` does not say what of it.
        rest.is_empty() || contexts.public.cover(rest, modules)
    })
}
