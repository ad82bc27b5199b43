//! Conversion of columns to types other than numbers and text.

use jiff::Timestamp;
use sqlx::{Error, Row as _, any::AnyRow};

/// Extension of rows that converts columns.
pub(crate) trait RowExt {
    /// Reads a time, which is stored in seconds.
    fn time(&self, column: &str) -> Result<Timestamp, Error>;

    /// Reads a time that may be null.
    fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, Error>;

    /// Reads a text that `read` converts, such as the name of a role.
    fn parse<T>(&self, column: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Error>;
}

impl RowExt for AnyRow {
    fn time(&self, column: &str) -> Result<Timestamp, Error> {
        decode_time(column, self.try_get(column)?)
    }

    fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, Error> {
        let seconds: Option<i64> = self.try_get(column)?;
        seconds.map(|seconds| decode_time(column, seconds)).transpose()
    }

    fn parse<T>(&self, column: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Error> {
        let text: String = self.try_get(column)?;
        read(&text).ok_or_else(|| decode_error(column, format!("{text:?} is not a valid value")))
    }
}

fn decode_time(column: &str, seconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_second(seconds).map_err(|error| decode_error(column, error))
}

fn decode_error(column: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::ColumnDecode { index: column.to_owned(), source: source.into() }
}
