//! Validation of texts.

/// Rule for [`garde`]: the only control characters allowed in a text are tabs and line breaks. PostgreSQL rejects
/// NUL, and the others are invisible.
pub(crate) fn text<C>(value: &str, _: &C) -> garde::Result {
    let is_hidden = |char: char| char.is_control() && !matches!(char, '\n' | '\r' | '\t');
    if value.chars().any(is_hidden) {
        return Err(garde::Error::new("must not contain control characters"));
    }
    Ok(())
}
