//! Jobs, kept by [apalis](https://docs.rs/apalis) in the database of the application.

mod store;

pub use self::store::{JobStore, OpenError};
