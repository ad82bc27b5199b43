//! Suggestions for names that do not exist: "did you mean".

use strsim::jaro_winkler;

/// Candidate that is most similar to `name`, if one is similar enough.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (jaro_winkler(&candidate.to_lowercase(), &name), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `: did you mean ..?`, or nothing if no candidate is similar to `name`.
pub(crate) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map(|nearest| format!(": did you mean `{nearest}`?")).unwrap_or_default()
}

/// Names in quotes, separated by commas.
pub(crate) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_ignores_case_and_has_limits() {
        let names = ["UserService", "UserRepository", "Clock"];
        assert_eq!(nearest("userservise", names), Some("UserService"));
        assert_eq!(nearest("zebra", names), None);
    }
}
