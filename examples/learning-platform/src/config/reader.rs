//! Reads single settings, and collects what is wrong with them.

use std::{collections::BTreeSet, fmt::Display, str::FromStr, time::Duration};

use config::{Config, ConfigError};
use jiff::SignedDuration;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

/// The merged sources, and what has been found wrong so far.
pub(super) struct Reader {
    config: Config,
    known: BTreeSet<&'static str>,
    problems: Vec<String>,
}

impl Reader {
    pub(super) fn new(config: Config) -> Self {
        Self { config, known: BTreeSet::new(), problems: Vec::new() }
    }

    /// A value that must be there. `None` has left a problem behind.
    pub(super) fn get<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        let value = self.optional(key);
        if value.is_none() && !self.is_set(key) {
            self.problem(key, "is not set");
        }
        value
    }

    /// A value that may be missing.
    pub(super) fn optional<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        self.known.insert(key);
        match self.config.get(key) {
            Ok(value) => Some(value),
            Err(ConfigError::NotFound(_)) => None,
            // The value itself is not repeated: it may be a secret.
            Err(ConfigError::Type { expected, origin, .. }) => {
                let origin = origin.map(|it| format!(" in {it}")).unwrap_or_default();
                self.problem(key, format_args!("must be {expected}{origin}"));
                None
            }
            Err(error) => {
                self.problem(key, error);
                None
            }
        }
    }

    /// A value that is written as text, like `127.0.0.1:80`.
    pub(super) fn parsed<T: FromStr>(&mut self, key: &'static str, expected: &str) -> Option<T> {
        let parsed = self.get::<String>(key)?.parse().ok();
        self.expect(key, parsed, expected)
    }

    /// A value that must pass a test.
    pub(super) fn checked<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        expected: &str,
        is_fit: impl FnOnce(&T) -> bool,
    ) -> Option<T> {
        let value = self.get(key)?;
        let fit = is_fit(&value).then_some(value);
        self.expect(key, fit, expected)
    }

    /// Some time that is not zero.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        let duration: SignedDuration = self.parsed(key, "a duration such as \"15s\"")?;
        let duration = Duration::try_from(duration).ok().filter(|it| !it.is_zero());
        self.expect(key, duration, "longer than nothing")
    }

    /// What must not be seen.
    pub(super) fn secret(&mut self, key: &'static str) -> Option<SecretString> {
        self.optional::<String>(key).filter(|it| !it.is_empty()).map(Into::into)
    }

    fn expect<T>(&mut self, key: &'static str, value: Option<T>, expected: &str) -> Option<T> {
        if value.is_none() {
            self.problem(key, format_args!("must be {expected}"));
        }
        value
    }

    pub(super) fn problem(&mut self, key: &str, problem: impl Display) {
        self.problems.push(format!("`{key}` {problem}"));
    }

    fn is_set(&self, key: &str) -> bool {
        self.config.get::<config::Value>(key).is_ok()
    }

    /// All problems, those with keys that nobody has asked for included.
    pub(super) fn finish(mut self) -> Vec<String> {
        if let Ok(tree) = self.config.clone().try_deserialize::<serde_json::Value>() {
            let mut keys = Vec::new();
            leaves("", &tree, &mut keys);
            keys.retain(|key| !self.known.contains(&**key));
            for key in keys {
                self.problem(&key, "is no setting");
            }
        }
        self.problems
    }
}

fn leaves(prefix: &str, tree: &serde_json::Value, keys: &mut Vec<String>) {
    match tree {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                leaves(&key, member, keys);
            }
        }
        _ => keys.push(prefix.to_owned()),
    }
}
