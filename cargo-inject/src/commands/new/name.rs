//! Names of projects.

use crate::error::ProjectError;

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
        } else if syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_err() {
            "it is a keyword".to_owned()
        } else if ["test", "core", "std", "alloc", "proc_macro", "inject-runtime", "inject_runtime"]
            .contains(&name)
        {
            "another crate has this name".to_owned()
        } else {
            return Ok(Self(name.to_owned()));
        };
        let fit: String = name
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
            .skip_while(|letter| !letter.is_ascii_alphabetic())
            .collect();
        let fit = fit.trim_matches('-');
        let example = if fit.len() > 1 && fit != name { fit } else { "reading-list" };
        Err(ProjectError::Name { name: name.to_owned(), problem, example: example.to_owned() })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Name of the crate in code.
    pub(super) fn as_identifier(&self) -> String {
        self.0.replace('-', "_")
    }
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
        for (name, example) in
            [("", "reading-list"), ("My App", "my-app"), ("1st", "st"), ("async", "reading-list")]
        {
            let error = Name::parse(name).err().expect(name).to_string();
            assert!(error.ends_with(&format!("such as `{example}`")), "{error}");
        }
    }
}
