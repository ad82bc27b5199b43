//! What `check` calls its own rules.

/// Layers.
pub(crate) const LAYERS: &str = "layers";
/// A module that is in no layer, or in two.
pub(crate) const UNCLASSIFIED: &str = "unclassified";
/// A pattern for which there is nothing.
pub(crate) const UNMATCHED: &str = "unmatched";
/// A known violation that is no more.
pub(crate) const STALE: &str = "stale";

/// All of them.
pub(crate) const ALL: [&str; 4] = [LAYERS, UNCLASSIFIED, UNMATCHED, STALE];
