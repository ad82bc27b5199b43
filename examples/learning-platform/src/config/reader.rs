//! Reader of single settings that collects the problems.

use std::{collections::BTreeSet, fmt::Display, str::FromStr, time::Duration};

use config::{Config, ConfigError};
use jiff::SignedDuration;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

/// Reader over the merged sources, with the problems found so far.
pub(super) struct Reader {
    config: Config,
    known: BTreeSet<&'static str>,
    problems: Vec<String>,
}

impl Reader {
    pub(super) fn new(config: Config) -> Self {
        Self { config, known: BTreeSet::new(), problems: Vec::new() }
    }

    /// Reads a required value. If it returns `None`, it has recorded a problem.
    pub(super) fn get<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        let value = self.optional(key);
        if value.is_none() && !self.is_set(key) {
            self.problem(key, "is not set");
        }
        value
    }

    /// Reads an optional value.
    pub(super) fn optional<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        self.known.insert(key);
        match self.config.get(key) {
            Ok(value) => Some(value),
            Err(ConfigError::NotFound(_)) => None,
            // The problem does not contain the value, which may be a secret.
            Err(ConfigError::Type { expected, origin, .. }) => {
                let origin = origin.map(|origin| format!(" in {origin}")).unwrap_or_default();
                self.problem(key, format_args!("must be {expected}{origin}"));
                None
            }
            Err(error) => {
                self.problem(key, error);
                None
            }
        }
    }

    /// Reads a value in text form, such as `127.0.0.1:80`.
    pub(super) fn parse<T: FromStr>(&mut self, key: &'static str, expected: &str) -> Option<T> {
        let parsed = self.get::<String>(key)?.parse().ok();
        self.expect(key, parsed, expected)
    }

    /// Reads a list of values in text form.
    pub(super) fn list<T: FromStr>(&mut self, key: &'static str, expected: &str) -> Option<Vec<T>> {
        let values: Vec<String> = self.get(key)?;
        let parsed = values.iter().map(|value| value.parse().ok()).collect();
        self.expect(key, parsed, expected)
    }

    /// Reads a value that must satisfy a condition.
    pub(super) fn validate<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        expected: &str,
        is_valid: impl FnOnce(&T) -> bool,
    ) -> Option<T> {
        let value = self.get(key)?;
        let valid = is_valid(&value).then_some(value);
        self.expect(key, valid, expected)
    }

    /// Reads a duration that is longer than zero.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        let duration: SignedDuration = self.parse(key, "a duration such as \"15s\"")?;
        let duration = Duration::try_from(duration).ok().filter(|duration| !duration.is_zero());
        self.expect(key, duration, "longer than zero")
    }

    /// Reads an optional secret. An empty secret counts as missing.
    pub(super) fn secret(&mut self, key: &'static str) -> Option<SecretString> {
        self.optional::<String>(key).filter(|secret| !secret.is_empty()).map(Into::into)
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

    pub(super) fn is_set(&self, key: &str) -> bool {
        self.config.get::<config::Value>(key).is_ok()
    }

    /// Returns all problems, including those for unknown keys.
    pub(super) fn finish(mut self) -> Vec<String> {
        if let Ok(tree) = self.config.clone().try_deserialize::<serde_json::Value>() {
            let mut keys = Vec::new();
            collect_keys("", &tree, &mut keys);
            keys.retain(|key| !self.known.contains(&**key));
            for key in keys {
                self.problem(&key, "is not a setting");
            }
        }
        self.problems
    }
}

fn collect_keys(prefix: &str, tree: &serde_json::Value, keys: &mut Vec<String>) {
    match tree {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                collect_keys(&key, member, keys);
            }
        }
        _ => keys.push(prefix.to_owned()),
    }
}
