//! "Did you mean".

use strsim::jaro_winkler;

/// The candidate that is most like `name`, if one is.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (jaro_winkler(&candidate.to_lowercase(), &name), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_does_not_look_at_case_and_has_limits() {
        let names = ["UserService", "UserRepository", "Clock"];
        assert_eq!(nearest("userservise", names), Some("UserService"));
        assert_eq!(nearest("zebra", names), None);
    }
}
