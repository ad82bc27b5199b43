//! Patterns of `LIKE`.

/// Matches what has `text` in it, literally: for `LIKE $1 ESCAPE '\'`.
pub(super) fn containing(text: &str) -> String {
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
    use super::containing;

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(containing("100%_\\"), r"%100\%\_\\%");
    }
}
