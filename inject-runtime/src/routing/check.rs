//! Checks of assembled routes: the mistakes that only the full paths show.

use std::{any::TypeId, collections::HashSet, fmt::Write as _};

use super::{
    guard::Guard,
    overlap::Answered,
    path,
    stated_roles::disagreement,
    tree::{Item, Mounted, walk_endpoints},
};
use crate::{
    location::Location,
    metadata::{EndpointSpec, ParameterKind, ParameterSpec, PathMismatch, ProviderNode, Wrapper},
};

/// Endpoint where it is mounted.
struct Route<'t> {
    spec: &'static EndpointSpec,
    path: String,
    prefixes: Vec<(&'t str, Location)>,
}

/// Returns the mistakes in `items`, as messages.
pub(super) fn mistakes<C>(items: &[Item<C>]) -> Vec<String> {
    let (mut mistakes, mut answered) = (Mistakes::default(), Answered::default());
    walk_endpoints(items, &mut |mounted| {
        let Mounted { endpoint, added_at, path, at } = mounted;
        let route = Route { spec: endpoint.spec, path, prefixes: at.prefixes.clone() };
        match duplicate(&route) {
            Some(mistake) => mistakes.add(mistake),
            None => {
                let mut reads = Reads { route: &route, found: &mut mistakes, visited: HashSet::new() };
                reads.all(&at.guards);
            }
        }
        if let Some(mistake) = disagreement(route.spec) {
            mistakes.add(mistake);
        }
        if let Some(mistake) = answered.add(route.spec, &route.path, added_at) {
            mistakes.add(mistake);
        }
    });
    mistakes.messages
}

/// Messages, each once.
#[derive(Default)]
struct Mistakes {
    messages: Vec<String>,
}

impl Mistakes {
    fn add(&mut self, message: String) {
        if !self.messages.contains(&message) {
            self.messages.push(message);
        }
    }
}

/// Words the mistake of a parameter that a path has twice, with both places.
fn duplicate(route: &Route<'_>) -> Option<String> {
    let mut seen: Vec<(&str, String)> = Vec::new();
    let prefixes =
        route.prefixes.iter().map(|(prefix, place)| (*prefix, format!("prefix {prefix:?} at {place}")));
    let EndpointSpec { name, path, location, .. } = route.spec;
    for (part, source) in prefixes.chain([(*path, format!("endpoint `{name}`, {path:?}, at {location}"))]) {
        for name in path::parameters(part) {
            if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
                return Some(format!(
                    "`{{{name}}}` is given twice: rename one [inject/endpoint]\n  {first}\n  {source}"
                ));
            }
            seen.push((name, source.clone()));
        }
    }
    None
}

/// Traversal of what an endpoint reads from its path.
struct Reads<'r, 't> {
    route: &'r Route<'t>,
    found: &'r mut Mistakes,
    visited: HashSet<TypeId>,
}

impl Reads<'_, '_> {
    fn all<C>(&mut self, guards: &[&Guard<C>]) {
        for parameter in guards.iter().filter_map(|guard| guard.spec.parameter.as_ref()) {
            self.parameter(parameter, None);
        }
        for parameter in self.route.spec.principal.iter().chain(self.route.spec.parameters) {
            self.parameter(parameter, None);
        }
    }

    fn parameter(&mut self, parameter: &ParameterSpec, provider: Option<&ProviderNode>) {
        match parameter.kind {
            ParameterKind::Path(reader) => {
                if let Err(mismatch) = reader.check(&path::parameters(&self.route.path)) {
                    self.found.add(self.mismatch(&mismatch, parameter, provider));
                }
            }
            // With a `Result`, the function handles the rejection.
            ParameterKind::Wrapped(_, Wrapper::Result)
            | ParameterKind::Plain
            | ParameterKind::Injected(_)
            | ParameterKind::Scoped
            | ParameterKind::NewScope(_)
            | ParameterKind::Opaque => {}
            ParameterKind::Provider(node)
            | ParameterKind::Wrapped(node, _)
            | ParameterKind::Uncached(node) => {
                self.provider(node());
            }
        }
    }

    fn provider(&mut self, node: &'static ProviderNode) {
        if self.visited.insert((node.output.id)()) {
            for parameter in node.parameters {
                self.parameter(parameter, Some(node));
            }
        }
    }

    /// Words a mismatch: what is read and by whom, and where the path comes from.
    fn mismatch(
        &self,
        mismatch: &PathMismatch,
        parameter: &ParameterSpec,
        provider: Option<&ProviderNode>,
    ) -> String {
        let Route { spec, path, prefixes } = self.route;
        let parameters = path::parameters(path);
        let has = match &parameters[..] {
            [] => "has none".to_owned(),
            [only] => format!("has `{only}`"),
            several => format!("has {}: `{}`", several.len(), several.join("`, `")),
        };
        let ty = parameter.ty;
        let mut message = match mismatch {
            PathMismatch::Count(1) => format!("`{ty}` takes one path parameter, and {path:?} {has}"),
            PathMismatch::Count(count) => format!("`{ty}` takes {count} path parameters, and {path:?} {has}"),
            PathMismatch::Missing(field) => {
                format!("`{ty}` takes the path parameter `{field}`, and {path:?} {has}")
            }
            PathMismatch::Unknown(field) => {
                format!("`{ty}` does not take the path parameter `{field}` of {path:?}")
            }
            PathMismatch::Unsupported => {
                format!("`{ty}` cannot be read from a path: take text, numbers, or a struct of them")
            }
        };
        message.push_str(" [inject/endpoint]");
        if let Some(ProviderNode { name, location, .. }) = provider {
            _ = write!(message, "\n  provider `{name}` at {location}");
        }
        let EndpointSpec { name, path, location, .. } = spec;
        _ = write!(message, "\n  endpoint `{name}`, {path:?}, at {location}");
        for (prefix, place) in prefixes {
            _ = write!(message, "\n  prefix {prefix:?} at {place}");
        }
        message
    }
}
