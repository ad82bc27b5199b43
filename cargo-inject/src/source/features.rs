//! The features of a package that are on.

use std::collections::{BTreeMap, BTreeSet};

use crate::{cli::Selection, error::Error, nearest::nearest};

/// The features that `selection` turns on in a package with the features `declared`, and what these turn on.
///
/// # Errors
///
/// A feature that is asked for is not declared.
pub(super) fn selected(
    selection: &Selection,
    package: &str,
    declared: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeSet<String>, Error> {
    let mut on = BTreeSet::new();
    if selection.all_features {
        on.extend(declared.keys().cloned());
    }
    if !selection.no_default_features {
        turn_on("default", declared, &mut on);
    }
    for written in selection.features.iter().flat_map(|list| list.split_whitespace()) {
        // `package/feature`: of this package, or of another one.
        let name = match written.split_once('/') {
            Some((of, name)) if of == package => name,
            Some(_) => continue,
            None => written,
        };
        if !declared.contains_key(name) {
            return Err(unknown(name, package, declared));
        }
        turn_on(name, declared, &mut on);
    }
    Ok(on)
}

fn turn_on(name: &str, declared: &BTreeMap<String, Vec<String>>, on: &mut BTreeSet<String>) {
    let Some(implied) = declared.get(name) else { return };
    if !on.insert(name.to_owned()) {
        return;
    }
    for implied in implied {
        // `dep:sqlx` is a dependency, `sqlx/sqlite` turns on the feature that an optional dependency is, `sqlx?/sqlite` does not.
        match implied.split_once('/') {
            Some((dependency, _)) if !dependency.ends_with('?') => turn_on(dependency, declared, on),
            Some(_) => {}
            None => turn_on(implied, declared, on),
        }
    }
}

fn unknown(name: &str, package: &str, declared: &BTreeMap<String, Vec<String>>) -> Error {
    let nearest = nearest(name, declared.keys().map(String::as_str))
        .map(|nearest| format!(": did you mean `{nearest}`?"));
    Error::Message(format!("`{package}` has no feature `{name}`{}", nearest.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(features: &[&str], no_default_features: bool) -> Vec<String> {
        let declared = [
            ("default", &["web"][..]),
            ("web", &["dep:axum", "log?/std"]),
            ("log", &["dep:log"]),
            ("sqlx", &["dep:sqlx"]),
            ("sqlite", &["sqlx/sqlite"]),
        ];
        let declared = declared
            .map(|(name, implied)| (name.to_owned(), implied.iter().copied().map(str::to_owned).collect()));
        let selection = Selection {
            manifest_path: None,
            package: None,
            features: features.iter().copied().map(str::to_owned).collect(),
            all_features: false,
            no_default_features,
        };
        selected(&selection, "shop", &declared.into()).unwrap().into_iter().collect()
    }

    #[test]
    fn features_turn_others_on() {
        assert_eq!(on(&[], false), ["default", "web"]);
        assert_eq!(on(&[], true), [""; 0]);
        assert_eq!(on(&["sqlite shop/log", "other/thing"], true), ["log", "sqlite", "sqlx"]);
    }
}
