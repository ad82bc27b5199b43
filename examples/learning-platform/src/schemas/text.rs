//! What a text must not have in it.

/// A rule for [`garde`]: tabs and line breaks are the only control characters in a text. PostgreSQL takes no NUL, and nobody can see the rest.
pub(crate) fn text<C>(value: &str, _: &C) -> garde::Result {
    let is_hidden = |char: char| char.is_control() && !matches!(char, '\n' | '\r' | '\t');
    if value.chars().any(is_hidden) {
        return Err(garde::Error::new("must not contain control characters"));
    }
    Ok(())
}
