//! The only place with SQL in it.

mod error;

pub use self::error::StorageError;
