//! Splitting of chapters into passages.

/// Size limits of passages in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum length of a passage, including its overlap. At least 1.
    pub size: usize,
    /// Maximum length of the end of a passage that is repeated at the beginning of the next one, so that related
    /// sentences are found together. Less than half of `size`.
    pub overlap: usize,
}

impl Limits {
    /// Default limits: short enough to be quoted, and long enough to be understood.
    pub const DEFAULT: Self = Self { size: 800, overlap: 160 };
}

/// Splits a text into passages. The result is deterministic.
///
/// Short paragraphs are joined. A long paragraph is split between sentences, a sentence that is too long between
/// words, and a word that is too long at any position. The overlap consists of whole sentences.
///
/// ```
/// use learning_platform::services::rag::passages::{Limits, split};
///
/// let passages = split("Plants are green.\n\nThey eat light.", Limits { size: 20, overlap: 0 });
/// assert_eq!(passages, ["Plants are green.", "They eat light."]);
/// ```
#[must_use]
pub fn split(text: &str, limits: Limits) -> Vec<String> {
    let size = limits.size.max(1);
    let overlap = limits.overlap.min(size.saturating_sub(1) / 2);
    let mut passages = Vec::new();
    let mut open: Vec<Unit<'_>> = Vec::new();
    // Number of units of the open passage that are repeated from the previous one.
    let mut repeated = 0;
    for unit in units(text, size - overlap.min(size - 1)) {
        if length(&open) + unit.length() > size && open.len() > repeated {
            passages.push(join(&open));
            open = tail(&open, overlap);
            repeated = open.len();
        }
        // Drops repeated units if the new unit would not fit.
        while repeated > 0 && length(&open) + unit.length() > size {
            open.remove(0);
            repeated -= 1;
        }
        open.push(unit);
    }
    if open.len() > repeated {
        passages.push(join(&open));
    }
    passages
}

/// Sentence or part of a sentence.
#[derive(Clone, Copy)]
struct Unit<'t> {
    text: &'t str,
    characters: usize,
    /// Separator from the previous unit.
    separator: &'static str,
}

impl Unit<'_> {
    /// Returns the length with the separator, which slightly overestimates the first unit.
    const fn length(&self) -> usize {
        self.characters + self.separator.len()
    }
}

fn length(units: &[Unit<'_>]) -> usize {
    units.iter().map(Unit::length).sum()
}

fn join(units: &[Unit<'_>]) -> String {
    let mut text = String::new();
    for unit in units {
        if !text.is_empty() {
            text.push_str(unit.separator);
        }
        text.push_str(unit.text);
    }
    text
}

/// Returns the last units whose total length is at most `max`, but never all units.
fn tail<'t>(units: &[Unit<'t>], max: usize) -> Vec<Unit<'t>> {
    let mut from = units.len();
    while from > 1 && length(&units[from - 1..]) <= max {
        from -= 1;
    }
    units[from..].to_vec()
}

fn units(text: &str, max: usize) -> impl Iterator<Item = Unit<'_>> {
    paragraphs(text).flat_map(move |paragraph| {
        let parts = sentences(paragraph).flat_map(move |sentence| pieces(sentence, max));
        parts.enumerate().map(|(index, text)| Unit {
            text,
            characters: text.chars().count(),
            separator: if index == 0 { "\n\n" } else { " " },
        })
    })
}

/// Splits a text at empty lines.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len();
        let mut at = 0;
        for line in rest.split_inclusive('\n') {
            if line.trim().is_empty() {
                end = at;
                break;
            }
            at += line.len();
        }
        let (paragraph, after) = rest.split_at(end);
        rest = after;
        Some(paragraph.trim_end())
    })
}

/// Splits a paragraph into sentences. A sentence ends with `.`, `!` or `?`, followed by closing quotation marks or
/// brackets, and whitespace. If the next word is in lower case, as after "e.g.", the sentence continues.
pub fn sentences(paragraph: &str) -> impl Iterator<Item = &str> {
    let mut rest = paragraph;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let (sentence, after) = rest.split_at(end_of_sentence(rest));
        rest = after;
        Some(sentence.trim_end())
    })
}

fn end_of_sentence(text: &str) -> usize {
    let mut ending = false;
    for (at, character) in text.char_indices() {
        match character {
            '.' | '!' | '?' | '…' | '。' | '！' | '？' => ending = true,
            '"' | '\'' | ')' | ']' | '”' | '’' | '»' => {}
            _ if ending && character.is_whitespace() => {
                if !text[at..].trim_start().starts_with(char::is_lowercase) {
                    return at;
                }
                ending = false;
            }
            _ => ending = false,
        }
    }
    text.len()
}

/// Splits a sentence into pieces of at most `max` characters.
fn pieces(sentence: &str, max: usize) -> impl Iterator<Item = &str> {
    let mut rest = sentence;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let Some((beyond, _)) = rest.char_indices().nth(max) else {
            return (!rest.is_empty()).then(|| std::mem::take(&mut rest));
        };
        let fits = &rest[..beyond];
        let next_begins_word = rest[beyond..].starts_with(char::is_whitespace);
        let cut = if next_begins_word { Some(beyond) } else { fits.rfind(char::is_whitespace) };
        let (piece, after) = rest.split_at(cut.unwrap_or(beyond));
        rest = after;
        Some(piece.trim_end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    const fn limits(size: usize, overlap: usize) -> Limits {
        Limits { size, overlap }
    }

    #[test]
    fn short_paragraphs_are_joined() {
        assert_eq!(split("One.\n\nTwo.\n \nThree.", limits(100, 0)), ["One.\n\nTwo.\n\nThree."]);
        assert_eq!(split("One.\n\nTwo.\n\nThree.", limits(12, 0)), ["One.\n\nTwo.", "Three."]);
    }

    #[test]
    fn a_blank_text_has_no_passages() {
        assert!(split("", Limits::DEFAULT).is_empty());
        assert!(split(" \n\n \t\n", Limits::DEFAULT).is_empty());
    }

    #[test]
    fn a_long_paragraph_is_split_between_sentences() {
        let text = "Plants are green. They eat light (all of them!) and drink water. \"Why?\" you ask.";
        assert_eq!(
            split(text, limits(50, 0)),
            ["Plants are green.", "They eat light (all of them!) and drink water.", "\"Why?\" you ask."],
        );
    }

    #[test]
    fn numbers_do_not_end_sentences() {
        assert_eq!(
            sentences("Pi is 3.14 or so. Really?").collect::<Vec<_>>(),
            ["Pi is 3.14 or so.", "Really?"]
        );
    }

    #[test]
    fn the_end_of_a_passage_is_repeated() {
        let text = "Aa aa aa. Bb bb. Cc cc cc. Dd dd.";
        assert_eq!(split(text, limits(26, 12)), ["Aa aa aa. Bb bb.", "Bb bb. Cc cc cc. Dd dd."]);
    }

    #[test]
    fn long_sentences_and_words_are_split() {
        assert_eq!(split("abc defg hijklmno", limits(5, 0)), ["abc", "defg", "hijkl", "mno"]);
        assert_eq!(split("ääääää", limits(4, 0)), ["ääää", "ää"]);
    }

    proptest! {
        #[test]
        fn no_text_is_lost_and_no_passage_is_too_long(
            text in "([A-Za-zä]{1,12}[.!?]?( |\n|\n\n)){0,60}",
            size in 1_usize..60,
            overlap in 0_usize..40,
        ) {
            let passages = split(&text, limits(size, overlap));
            prop_assert_eq!(&passages, &split(&text, limits(size, overlap)));
            for passage in &passages {
                prop_assert!(passage.chars().count() <= size, "{passage:?} is longer than {size}");
            }
            // Without the overlap, the letters are those of the text.
            let letters = |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>();
            let without = split(&text, limits(size, 0));
            prop_assert_eq!(letters(&without.concat()), letters(&text));
            // With the overlap, the passages occur in order.
            let mut rest = letters(&text);
            for passage in &passages {
                let passage = letters(passage);
                let at = rest.find(&passage);
                prop_assert!(at.is_some(), "{passage:?} is not in {rest:?}");
                let at = at.unwrap_or_default();
                rest = rest.split_off(at);
            }
        }
    }
}
