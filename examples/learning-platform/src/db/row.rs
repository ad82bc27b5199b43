//! Columns that are more than numbers and texts.

use jiff::Timestamp;
use sqlx::{Error, Row as _, any::AnyRow};

/// Reads columns as what they mean.
pub(crate) trait RowExt {
    /// A time, kept as seconds.
    fn time(&self, column: &str) -> Result<Timestamp, Error>;

    /// A time that may not have come.
    fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, Error>;

    /// One of the texts that `read` knows.
    fn named<T>(&self, column: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Error>;
}

impl RowExt for AnyRow {
    fn time(&self, column: &str) -> Result<Timestamp, Error> {
        instant(column, self.try_get(column)?)
    }

    fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, Error> {
        let seconds: Option<i64> = self.try_get(column)?;
        seconds.map(|it| instant(column, it)).transpose()
    }

    fn named<T>(&self, column: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Error> {
        let text: String = self.try_get(column)?;
        read(&text).ok_or_else(|| strange(column, format!("{text:?} is none of the values it can have")))
    }
}

fn instant(column: &str, seconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_second(seconds).map_err(|error| strange(column, error))
}

fn strange(column: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::ColumnDecode { index: column.to_owned(), source: source.into() }
}
