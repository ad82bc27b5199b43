//! Features of a package that are on.

use std::collections::{BTreeMap, BTreeSet};

use super::selection::{PackageError, Selection};
use crate::nearest::nearest;

/// Features that `selection` turns on in a package with the features `declared`, and the features that these turn on.
///
/// # Errors
///
/// A selected feature is not declared.
pub(super) fn selected(
    selection: &Selection,
    package: &str,
    declared: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeSet<String>, PackageError> {
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
            return Err(PackageError::UnknownFeature {
                package: package.to_owned(),
                name: name.to_owned(),
                nearest: nearest(name, declared.keys().map(String::as_str)).map(str::to_owned),
            });
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
        // `dep:sqlx` is a dependency. `sqlx/sqlite` turns on the feature of an optional dependency, `sqlx?/sqlite` does not.
        match implied.split_once('/') {
            Some((dependency, _)) if !dependency.ends_with('?') => turn_on(dependency, declared, on),
            Some(_) => {}
            None => turn_on(implied, declared, on),
        }
    }
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
            features: features.iter().copied().map(str::to_owned).collect(),
            no_default_features,
            ..Selection::default()
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
