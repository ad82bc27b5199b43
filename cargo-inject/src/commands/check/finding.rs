//! Findings of `check`.

use std::{ops::Range, sync::Arc};

use crate::source::SourceFile;

/// Bytes of a file.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) range: Range<usize>,
}

/// Violation of a rule.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) key: Key,
    pub(crate) reason: String,
    /// One sentence.
    pub(crate) message: String,
    /// Text at the underlined token.
    pub(crate) label: Option<String>,
    pub(crate) help: String,
    /// All places of the violation, at least one. The first is shown.
    pub(crate) places: Vec<Place>,
    /// Whether the baseline can list it.
    pub(crate) can_be_known: bool,
}

/// Identity of a finding across runs. It contains no line number, because lines move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    /// Id of the rule.
    pub(crate) rule: String,
    /// Module that breaks it.
    pub(crate) module: String,
    /// Path that is used against the rule, or type that is named against it.
    pub(crate) path: String,
}
