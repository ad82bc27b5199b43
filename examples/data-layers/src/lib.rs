//! Recipes: the transaction of a request with a data layer other than sqlx.
//!
//! A transaction is a resource of the request: a provider begins it, repositories share it, and the scope commits it after a
//! success and rolls it back otherwise. Each module is one recipe, on what every application can use: `#[inject(teardown)]`,
//! `Teardown` and `Handle`. Unlike `inject_runtime::tx::Tx`, these begin when the first repository is built, and not with the
//! first statement.

pub mod with_diesel;
pub mod with_sea_orm;
