//! What somebody may have meant.

use strsim::jaro_winkler;

/// `: did you mean ..?`, or nothing where no candidate is like `name`.
pub(super) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let nearest = candidates
        .into_iter()
        .map(|it| (jaro_winkler(it, name), it))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map(|(_, it)| format!(": did you mean `{it}`?")).unwrap_or_default()
}
