//! Rules, from `[package.metadata.inject]` and `[workspace.metadata.inject]`.
//!
//! ```text
//! Cargo.toml --read--> tables --validate--> model: valid rules, or all mistakes in them
//! ```

mod layers;
pub(crate) mod model;
pub(crate) mod pattern;
mod read;
mod tables;
mod validate;

pub(crate) use self::{model::Rules, read::read};

/// Ids of the built-in rules.
pub(crate) mod ids {
    /// Layers.
    pub(crate) const LAYERS: &str = "layers";
    /// Module that is in no layer, or in two.
    pub(crate) const UNCLASSIFIED: &str = "unclassified";
    /// Pattern that covers nothing.
    pub(crate) const UNMATCHED: &str = "unmatched";
    /// Entry of the baseline without a violation.
    pub(crate) const STALE: &str = "stale";
    /// Component that is built by hand.
    pub(crate) const BY_HAND: &str = "built-by-hand";
    /// Value that is resolved from the container outside of the composition root.
    pub(crate) const RESOLVE: &str = "resolved-by-hand";

    /// All of them.
    pub(crate) const ALL: [&str; 6] = [LAYERS, UNCLASSIFIED, UNMATCHED, STALE, BY_HAND, RESOLVE];
}
