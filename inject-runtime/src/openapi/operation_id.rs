//! Unique ids of operations.

use std::collections::{HashMap, HashSet};

use super::DocumentedEndpoint;
use crate::{
    metadata::EndpointSpec,
    operation::{key, next_free},
};

/// Returns the operation ids: the names of the functions, with their modules where several functions share a
/// name, and with parts of the path where one function is mounted several times. Ids that generators of clients
/// could make the same are not distinct.
pub(super) fn operation_ids(endpoints: &[DocumentedEndpoint<'_>]) -> Vec<String> {
    let names = function_names(endpoints);
    let mut mounts: HashMap<Identity, Vec<usize>> = HashMap::new();
    for (index, endpoint) in endpoints.iter().enumerate() {
        mounts.entry(identity(endpoint.spec)).or_default().push(index);
    }
    // In the order of the endpoints, for ids with numbers.
    let mut taken = HashSet::new();
    endpoints
        .iter()
        .enumerate()
        .map(|(index, endpoint)| {
            let identity = identity(endpoint.spec);
            let paths: Vec<_> = mounts[&identity].iter().map(|&mount| segments(&endpoints[mount])).collect();
            let is_everywhere = |part: &&str| paths.iter().all(|path| path.contains(part));
            let own = segments(endpoint).into_iter().filter(|part| !is_everywhere(part));
            let id: Vec<_> = own.map(identifier).chain([names[&identity].clone()]).collect();
            (index, id.join("_"))
        })
        .map(|(_, id)| next_free(&id, &mut taken))
        .collect()
}

/// What distinguishes a function from others: functions in the bodies of others share their module.
type Identity = (&'static str, &'static str, &'static str, u32);

fn identity(spec: &EndpointSpec) -> Identity {
    (spec.module, spec.name, spec.location.file, spec.location.line)
}

/// Returns the name of each function, with as many modules as it takes to tell it from all others.
fn function_names(endpoints: &[DocumentedEndpoint<'_>]) -> HashMap<Identity, String> {
    let name = |identity: &Identity, depth: usize| {
        let (module, name, ..) = identity;
        let mut parts: Vec<_> = module.rsplit("::").take(depth).map(identifier).collect();
        parts.reverse();
        parts.push(identifier(name));
        parts.join("_")
    };
    let mut depths: HashMap<_, usize> =
        endpoints.iter().map(|endpoint| (identity(endpoint.spec), 0)).collect();
    loop {
        let mut groups: HashMap<String, Vec<Identity>> = HashMap::new();
        for (identity, &depth) in &depths {
            groups.entry(key(&name(identity, depth))).or_default().push(*identity);
        }
        let mut is_changed = false;
        for identity in groups.into_values().filter(|group| group.len() > 1).flatten() {
            if let Some(depth) = depths.get_mut(&identity)
                && *depth < identity.0.split("::").count()
            {
                *depth += 1;
                is_changed = true;
            }
        }
        if !is_changed {
            break;
        }
    }
    depths.into_iter().map(|(identity, depth)| (identity, name(&identity, depth))).collect()
}

/// Returns the segments of the prefixes under which the endpoint is mounted.
fn segments<'a>(endpoint: &'a DocumentedEndpoint<'_>) -> Vec<&'a str> {
    let prefix = endpoint.path.strip_suffix(endpoint.spec.path).unwrap_or(&endpoint.path);
    prefix.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// Replaces the characters that identifiers of common languages do not have.
fn identifier(text: &str) -> String {
    let text = text.strip_prefix("r#").unwrap_or(text);
    let replaced = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    text.chars().map(replaced).collect::<String>().trim_matches('_').to_owned()
}
