//! The rules, from `[package.metadata.inject]` and `[workspace.metadata.inject]`.
//!
//! ```text
//! Cargo.toml --read--> written --validate--> model: rules that make sense, or all that is wrong with them
//! ```

pub(crate) mod ids;
mod layers;
mod meant;
pub(crate) mod model;
pub(crate) mod pattern;
mod read;
mod validate;
mod written;

pub(crate) use self::{model::Rules, read::read};
