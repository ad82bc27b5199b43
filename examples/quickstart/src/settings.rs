//! 2. The settings: typed, with defaults, read once at startup.

use std::{
    env,
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use inject_runtime::{in_layer, layer::Common};

/// Environment variable with the address to listen on.
pub const ADDRESS: &str = "QUICKSTART_ADDRESS";

/// Environment variable with the path of the database file.
pub const DATABASE: &str = "QUICKSTART_DATABASE";

/// Environment variable with the token that authorizes changes to the list.
pub const TOKEN: &str = "QUICKSTART_TOKEN";

/// Settings of the application, read from the environment.
///
/// The layer is `Common`, so that every layer may depend on them. The container does not build them: `main` passes them in.
#[in_layer(Common)]
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Address to listen on.
    pub address: SocketAddr,
    /// Path of the `SQLite` file, which is created if it does not exist.
    pub database: PathBuf,
    /// Bearer token that authorizes changes to the list. An application with more than one user would store user accounts instead,
    /// and have no secret in its settings.
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

/// Error returned when an environment variable has an invalid value.
#[derive(Debug, thiserror::Error)]
#[error("{variable} is {value:?}, but must be {expected}")]
pub struct SettingsError {
    variable: &'static str,
    value: OsString,
    expected: &'static str,
}

impl Settings {
    /// Reads the settings from the environment of the process.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first variable with an invalid value.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(|variable| env::var_os(variable))
    }

    // The environment is a parameter because a test cannot change the environment of its process, which other tests share.
    fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsError> {
        let defaults = Self::default();
        let address = match lookup(ADDRESS) {
            None => defaults.address,
            Some(value) => {
                parse(ADDRESS, value, "an address such as 127.0.0.1:3000", |text| text.parse().ok())?
            }
        };
        let database = match lookup(DATABASE) {
            None => defaults.database,
            // For SQLite, an empty path and `:memory:` mean a separate database for each connection.
            Some(value) => parse(DATABASE, value, "a path such as quickstart.db", |path| {
                (!path.is_empty() && path != ":memory:").then(|| path.into())
            })?,
        };
        let token = match lookup(TOKEN) {
            None => defaults.token,
            // A subset of the characters that RFC 6750 allows in a bearer token.
            Some(value) => parse(TOKEN, value, "letters, digits, `-`, `.` and `_`", |token| {
                let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
                (!token.is_empty() && token.chars().all(is_allowed)).then(|| token.to_owned())
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

    fn read_with(variable: &'static str, value: &'static str) -> Result<Settings, SettingsError> {
        Settings::read(|name| (name == variable).then(|| value.into()))
    }

    #[test]
    fn an_empty_environment_gives_the_defaults() {
        assert_eq!(Settings::read(|_| None).unwrap(), Settings::default());
    }

    #[test]
    fn a_variable_replaces_its_default() {
        let settings = read_with(ADDRESS, "[::1]:80").unwrap();
        assert_eq!(settings.address, "[::1]:80".parse().unwrap());
        assert_eq!(settings.database, Settings::default().database);
    }

    #[test]
    fn an_error_names_the_variable() {
        assert_eq!(
            read_with(ADDRESS, "localhost").unwrap_err().to_string(),
            r#"QUICKSTART_ADDRESS is "localhost", but must be an address such as 127.0.0.1:3000"#,
        );
        assert_eq!(
            read_with(DATABASE, ":memory:").unwrap_err().to_string(),
            r#"QUICKSTART_DATABASE is ":memory:", but must be a path such as quickstart.db"#,
        );
    }
}
