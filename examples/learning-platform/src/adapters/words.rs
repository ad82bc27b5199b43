//! Splitting of texts into words, for the adapters that work offline.

/// Words that carry little meaning (stop words), sorted.
const STOP_WORDS: [&str; 63] = [
    "a", "about", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been", "but", "by",
    "can", "could", "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into",
    "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "so", "some", "than", "that", "the",
    "their", "them", "there", "these", "they", "this", "to", "was", "we", "were", "what", "when", "where",
    "which", "who", "why", "with", "you",
];

/// Returns the words of a text in lower case, without stop words.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase);
    words.filter(|word| STOP_WORDS.binary_search(&word.as_str()).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_left_out() {
        assert!(STOP_WORDS.is_sorted());
        assert_eq!(words("What do the Plants eat? (Light!)").collect::<Vec<_>>(), ["plants", "eat", "light"]);
    }
}
