//! Layers of extractors.

use crate::layer::{Layered, MayDependOn};

/// Extractor that layer `L` may use: one without a layer, or one of a layer that `L` may depend on.
///
/// `IS_LAYERED` is `Probe::IS_LAYERED` of the type. [`UsableFrom`](super::UsableFrom) is the rule for
/// dependencies, which must have a layer.
pub trait ExtractedIn<L, const IS_LAYERED: bool> {
    /// Proof, for [`ParameterSpec::usable`](super::ParameterSpec::usable).
    fn usable() {}
}

impl<T, L> ExtractedIn<L, false> for T {}

impl<T, L> ExtractedIn<L, true> for T
where
    T: Layered,
    L: MayDependOn<T::Layer>,
{
}
