//! Names of projects.

use crate::error::Error;

/// A name that cargo takes for a package.
pub(super) struct Name(String);

impl Name {
    /// # Errors
    ///
    /// Says what is wrong with it, and what would be right.
    pub(super) fn parse(name: &str) -> Result<Self, Error> {
        let problem = if name.is_empty() {
            "it is empty".to_owned()
        } else if let Some(strange) =
            name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_".contains(*letter))
        {
            format!("{strange:?} cannot be in it")
        } else if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            "it does not begin with a letter".to_owned()
        } else if syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_err() {
            "it is a word of the language".to_owned()
        } else if ["test", "core", "std", "alloc", "proc_macro", "inject-runtime", "inject_runtime"]
            .contains(&name)
        {
            "another crate is called that".to_owned()
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
        Err(Error::Message(format!(
            "{name:?} is no name for a project: {problem}; letters, digits, `-` and `_` make one, such as `{example}`"
        )))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the crate in code.
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
