//! What `check` finds.

use std::{ops::Range, sync::Arc};

use crate::source::SourceFile;

/// A piece of a file.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) range: Range<usize>,
}

/// A rule that is broken.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) key: Key,
    pub(crate) reason: String,
    /// One sentence.
    pub(crate) message: String,
    /// What there is to say about the token that is underlined.
    pub(crate) label: Option<String>,
    pub(crate) help: String,
    /// All places where it is broken in that way; the first is shown. At least one.
    pub(crate) places: Vec<Place>,
    /// Whether it can be put up with for a while, in the baseline.
    pub(crate) can_be_known: bool,
}

/// What a finding is known by from one run to the next. No line number is part of it: lines move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    /// The id of the rule.
    pub(crate) rule: String,
    /// Where it is broken.
    pub(crate) module: String,
    /// What is used there and may not be, or what is called there what it may not be called.
    pub(crate) path: String,
}
