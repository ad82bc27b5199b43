//! What somebody may have meant.

use crate::nearest::nearest;

/// `: did you mean ..?`, or nothing where no candidate is like `name`.
pub(super) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map(|nearest| format!(": did you mean `{nearest}`?")).unwrap_or_default()
}
