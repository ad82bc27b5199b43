//! Names of projects.

use crate::error::ProjectError;

/// Names of crates that every crate can use, and of folders that cargo creates beside the program of the package.
const RESERVED: [&str; 9] =
    ["test", "core", "std", "alloc", "proc_macro", "build", "deps", "examples", "incremental"];

/// Name that cargo accepts for a package.
pub(super) struct Name(String);

impl Name {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// Cargo does not accept the name. The error contains a similar name that it accepts.
    pub(super) fn parse(name: &str) -> Result<Self, ProjectError> {
        let problem = if name.is_empty() {
            "it is empty".to_owned()
        } else if let Some(strange) =
            name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_".contains(*letter))
        {
            format!("it contains {strange:?}")
        } else if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            "it does not begin with a letter".to_owned()
        } else if name == "gen" || syn::parse_str::<syn::Ident>(&identifier(name)).is_err() {
            "it is a keyword".to_owned()
        } else if RESERVED.contains(&&*identifier(name)) {
            "Rust or cargo uses this name".to_owned()
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(Self::refused(name, problem))
    }

    /// Checks that the project has no dependency of this name: in its code, the name would mean both.
    ///
    /// # Errors
    ///
    /// A dependency in `manifest` has this name.
    pub(super) fn check_dependencies(&self, manifest: &str) -> Result<(), ProjectError> {
        let manifest: toml::Table = manifest.parse().unwrap_or_default();
        let dependencies =
            ["dependencies", "dev-dependencies"].into_iter().filter_map(|key| manifest.get(key)?.as_table());
        let found =
            dependencies.flat_map(toml::Table::keys).any(|key| identifier(key) == self.as_identifier());
        if found {
            return Err(Self::refused(&self.0, "the project depends on a crate of this name".to_owned()));
        }
        Ok(())
    }

    fn refused(name: &str, problem: String) -> ProjectError {
        let fit: String = name
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
            .skip_while(|letter| !letter.is_ascii_alphabetic())
            .collect();
        let fit = fit.trim_matches('-');
        let example = if fit.len() > 1 && fit != name { fit } else { "reading-list" };
        ProjectError::Name { name: name.to_owned(), problem, example: example.to_owned() }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Name of the crate in code.
    pub(super) fn as_identifier(&self) -> String {
        identifier(&self.0)
    }
}

fn identifier(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_cargo() {
        assert_eq!(
            Name::parse("reading-list").ok().map(|name| name.as_identifier()).as_deref(),
            Some("reading_list")
        );
        for (name, example) in [
            ("", "reading-list"),
            ("My App", "my-app"),
            ("1st", "st"),
            ("async", "reading-list"),
            ("gen", "reading-list"),
            ("proc-macro", "reading-list"),
            ("build", "reading-list"),
        ] {
            let error = Name::parse(name).err().expect(name).to_string();
            assert!(error.ends_with(&format!("such as `{example}`")), "{error}");
        }
    }

    #[test]
    fn a_dependency_is_no_name_however_it_is_written() {
        let manifest =
            "[dependencies]\ntower-http = \"0.7\"\n[dev-dependencies.serde_json]\nversion = \"1\"\n";
        for name in ["tower-http", "tower_http", "serde-json", "serde_json"] {
            let error = Name::parse(name).ok().and_then(|name| name.check_dependencies(manifest).err());
            let error = error.expect(name).to_string();
            assert!(error.contains("depends on a crate of this name"), "{error}");
        }
        let Ok(other) = Name::parse("tower") else { panic!("`tower` is a name") };
        assert!(other.check_dependencies(manifest).is_ok());
    }
}
