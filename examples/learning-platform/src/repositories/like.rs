//! Patterns for `LIKE`.

/// Returns the pattern for values that contain `text` literally, for use with `LIKE $1 ESCAPE '\'`.
pub(super) fn contains_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::contains_pattern;

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(contains_pattern("100%_\\"), r"%100\%\_\\%");
    }
}
