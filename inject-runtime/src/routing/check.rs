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
    metadata::{
        AroundSpec, ComputedUsage, EndpointSpec, ParameterKind, ParameterSpec, PathMismatch, Ports,
        ProviderNode, UnitUsage, Wrapper,
    },
    policy::Policy,
};

/// Endpoint where it is mounted.
struct Route<'t> {
    spec: &'static EndpointSpec,
    path: String,
    prefixes: Vec<(&'t str, Location)>,
}

/// Returns the mistakes in `items`, as messages.
pub(super) fn mistakes<C>(items: &[Item<C>], ports: &Ports) -> Vec<String> {
    let (mut mistakes, mut answered) = (Mistakes::default(), Answered::default());
    walk_endpoints(items, &mut |mounted| {
        let arounds: Vec<_> = mounted.arounds().map(|around| around.spec).collect();
        let Mounted { endpoint, added_at, path, at } = mounted;
        let route = Route { spec: endpoint.spec, path, prefixes: at.prefixes.clone() };
        match duplicate(&route) {
            Some(mistake) => mistakes.add(mistake),
            None => {
                let found = &mut mistakes;
                let mut reads = Reads { route: &route, ports, found, visited: HashSet::new() };
                reads.all(&at.guards, &arounds);
            }
        }
        let guards = at.guards.iter().map(|guard| &guard.spec);
        let usage = route.spec.usage_with(guards, arounds, ports, endpoint.transaction);
        for mistake in transaction_mistakes(route.spec, &usage) {
            mistakes.add(mistake);
        }
        if let Some(mistake) = not_public(route.spec, ports) {
            mistakes.add(mistake);
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

/// Words the mistakes of an endpoint in the settings of its transactions: levels that contradict, and settings without effect.
fn transaction_mistakes(spec: &EndpointSpec, usage: &ComputedUsage) -> Vec<String> {
    let EndpointSpec { name, location, .. } = spec;
    let words = |(_, unit): &(_, UnitUsage)| {
        let UnitUsage { level: Some(first), contradiction: Some(other), .. } = unit else { return None };
        let (first, other) = (&first.by, &other.by);
        Some(format!(
            "endpoint `{name}` at {location} has one transaction, of which different levels are required: require the same one [inject/transaction]\n  {first}\n  {other}"
        ))
    };
    let mut mistakes: Vec<_> = usage.units.iter().filter_map(words).collect();
    // An extractor of which nothing is known may use any transaction.
    if !usage.is_open {
        let text = usage.transaction.text;
        let is_unused = |(_, unit): &(_, UnitUsage)| !unit.has_handle;
        if usage.transaction.needs_unit() && usage.units.iter().all(is_unused) {
            mistakes.push(format!(
                "`#[transaction({text})]` of endpoint `{name}` at {location} has no effect: the endpoint uses no transaction [inject/transaction]\n  take a `Tx`, or what holds one, or leave the setting out"
            ));
        } else if let Some((_, UnitUsage { level: Some(level), .. })) =
            usage.units.iter().find(|unit| is_unused(unit))
        {
            mistakes.push(format!(
                "endpoint `{name}` at {location} sets the level of a transaction that it does not use: name the one that it uses [inject/transaction]\n  {}",
                level.by
            ));
        }
    }
    mistakes
}

/// Words the mistake of a public endpoint that requires credentials by what is behind a port. Without ports, rustc has
/// reported it.
fn not_public(spec: &EndpointSpec, ports: &Ports) -> Option<String> {
    let parameter = spec.parameters.iter().find(|parameter| ports.demand_credentials(parameter))?;
    let ParameterSpec { name: field, ty, .. } = parameter;
    let EndpointSpec { name, location, .. } = spec;
    (spec.policy == Policy::Public).then(|| {
        format!(
            "endpoint `{name}` at {location} is not public: `{field}: {ty}` rejects requests without credentials, by what the container binds to a port\n  write `authenticated` in place of `public`, or bind an implementation that needs no credentials [inject/policy]"
        )
    })
}

/// Provider or around function that reads from the path of an endpoint.
#[derive(Clone, Copy)]
struct Reader {
    what: &'static str,
    name: &'static str,
    location: Location,
}

/// Traversal of what an endpoint reads from its path.
struct Reads<'r, 't> {
    route: &'r Route<'t>,
    ports: &'r Ports,
    found: &'r mut Mistakes,
    visited: HashSet<TypeId>,
}

impl Reads<'_, '_> {
    fn all<C>(&mut self, guards: &[&Guard<C>], arounds: &[&AroundSpec]) {
        for parameter in guards.iter().filter_map(|guard| guard.spec.parameter.as_ref()) {
            self.parameter(parameter, None);
        }
        for AroundSpec { name, parameters, location, .. } in arounds {
            for parameter in *parameters {
                self.parameter(
                    parameter,
                    Some(Reader { what: "around function", name, location: *location }),
                );
            }
        }
        for parameter in self.route.spec.principal.iter().chain(self.route.spec.parameters) {
            self.parameter(parameter, None);
        }
    }

    fn parameter(&mut self, parameter: &ParameterSpec, reader: Option<Reader>) {
        match self.ports.resolve(parameter.kind) {
            ParameterKind::Path(path) => {
                if let Err(mismatch) = path.check(&path::parameters(&self.route.path)) {
                    self.found.add(self.mismatch(&mismatch, parameter, reader));
                }
            }
            // With a `Result`, the function handles the rejection.
            ParameterKind::Wrapped(_, Wrapper::Result)
            | ParameterKind::Plain
            | ParameterKind::Injected(_)
            | ParameterKind::Scoped
            | ParameterKind::Port(_)
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
            let reader = Reader { what: "provider", name: node.name, location: node.location };
            for parameter in node.parameters {
                self.parameter(parameter, Some(reader));
            }
        }
    }

    /// Words a mismatch: what is read and by whom, and where the path comes from.
    fn mismatch(&self, mismatch: &PathMismatch, parameter: &ParameterSpec, reader: Option<Reader>) -> String {
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
        if let Some(Reader { what, name, location }) = reader {
            _ = write!(message, "\n  {what} `{name}` at {location}");
        }
        let EndpointSpec { name, path, location, .. } = spec;
        _ = write!(message, "\n  endpoint `{name}`, {path:?}, at {location}");
        for (prefix, place) in prefixes {
            _ = write!(message, "\n  prefix {prefix:?} at {place}");
        }
        message
    }
}
