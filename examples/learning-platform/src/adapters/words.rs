//! Words, as what works offline sees them.

/// Words that say little about what a text is about.
const COMMON: [&str; 63] = [
    "a", "about", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been", "but", "by",
    "can", "could", "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into",
    "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "so", "some", "than", "that", "the",
    "their", "them", "there", "these", "they", "this", "to", "was", "we", "were", "what", "when", "where",
    "which", "who", "why", "with", "you",
];

/// The words of a text that say something, in lower case.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let words =
        text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_lowercase);
    words.filter(|it| COMMON.binary_search(&it.as_str()).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_left_out() {
        assert!(COMMON.is_sorted());
        assert_eq!(words("What do the Plants eat? (Light!)").collect::<Vec<_>>(), ["plants", "eat", "light"]);
    }
}
