//! 2. The settings: typed, with defaults, read once.

use std::{
    env,
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use inject_runtime::{in_layer, layer::Common};

/// The variable with the address to listen on.
pub const ADDRESS: &str = "QUICKSTART_ADDRESS";

/// The variable with the path of the database.
pub const DATABASE: &str = "QUICKSTART_DATABASE";

/// The variable with the token that lets its bearer change the list.
pub const TOKEN: &str = "QUICKSTART_TOKEN";

/// What the environment decides.
///
/// `Common`: every layer may depend on it. The container does not build it; `main` hands it in.
#[in_layer(Common)]
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where to listen.
    pub address: SocketAddr,
    /// The `SQLite` file, which is created if it is not there.
    pub database: PathBuf,
    /// Who presents it may change the list. An application of more than one user would keep users instead, and no secret in its settings.
    pub token: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 3000).into(),
            database: "quickstart.db".into(),
            token: "sesame".into(),
        }
    }
}

/// A variable is set to something that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{variable} is {value:?}, but must be {expected}")]
pub struct SettingsError {
    variable: &'static str,
    value: OsString,
    expected: &'static str,
}

impl Settings {
    /// Reads the environment of the process.
    ///
    /// # Errors
    ///
    /// Names the first variable that is set to something that cannot be used.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(|variable| env::var_os(variable))
    }

    // The environment is a parameter because a test cannot change that of its process: other tests share it.
    fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsError> {
        let defaults = Self::default();
        let address = match lookup(ADDRESS) {
            None => defaults.address,
            Some(value) => parse(ADDRESS, value, "an address such as 127.0.0.1:3000", |it| it.parse().ok())?,
        };
        let database = match lookup(DATABASE) {
            None => defaults.database,
            // SQLite takes an empty path and `:memory:` for a database of each connection's own.
            Some(value) => parse(DATABASE, value, "a path such as quickstart.db", |it| {
                (!it.is_empty() && it != ":memory:").then(|| it.into())
            })?,
        };
        let token = match lookup(TOKEN) {
            None => defaults.token,
            // What a header can carry: RFC 6750.
            Some(value) => parse(TOKEN, value, "letters, digits, `-`, `.` and `_`", |it| {
                let is_fit = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
                (!it.is_empty() && it.chars().all(is_fit)).then(|| it.to_owned())
            })?,
        };
        Ok(Self { address, database, token })
    }
}

fn parse<T>(
    variable: &'static str,
    value: OsString,
    expected: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, SettingsError> {
    value.to_str().and_then(read).ok_or(SettingsError { variable, value, expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variable: &'static str, value: &'static str) -> Result<Settings, SettingsError> {
        Settings::read(|it| (it == variable).then(|| value.into()))
    }

    #[test]
    fn an_empty_environment_is_enough() {
        assert_eq!(Settings::read(|_| None).unwrap(), Settings::default());
    }

    #[test]
    fn a_variable_replaces_its_default() {
        let settings = with(ADDRESS, "[::1]:80").unwrap();
        assert_eq!(settings.address, "[::1]:80".parse().unwrap());
        assert_eq!(settings.database, Settings::default().database);
    }

    #[test]
    fn an_error_names_the_variable() {
        assert_eq!(
            with(ADDRESS, "localhost").unwrap_err().to_string(),
            r#"QUICKSTART_ADDRESS is "localhost", but must be an address such as 127.0.0.1:3000"#,
        );
        assert_eq!(
            with(DATABASE, ":memory:").unwrap_err().to_string(),
            r#"QUICKSTART_DATABASE is ":memory:", but must be a path such as quickstart.db"#,
        );
    }
}
