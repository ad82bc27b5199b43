//! Which of the passages that were found come first for a reader.

use super::{Found, Reader};

/// What a chapter that the reader knows is ahead by.
///
/// Among passages that fit a question about as well, one from a chapter that they have begun or finished is the better answer: they know its words,
/// and can look it up. Cosines of passages that fit differ by some hundredths, and of those that do not by more, so this decides between
/// neighbours and does not lift what has nothing to do with the question.
const KNOWN: f32 = 0.05;

/// The best of them for this reader, the best first.
pub(super) fn rank(mut found: Vec<Found>, reader: &Reader, limit: usize) -> Vec<Found> {
    for it in &mut found {
        if reader.begun.contains(&it.passage.chapter_id) {
            it.score += KNOWN;
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(limit);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::rag::Passage;

    fn found(chapter_id: i64, score: f32) -> Found {
        let passage =
            Passage { chapter_id, title: String::new(), grade_level: 5, position: 0, text: String::new() };
        Found { passage, score }
    }

    fn ranked(reader: &Reader) -> Vec<i64> {
        let all = vec![found(1, 0.60), found(2, 0.58), found(3, 0.30)];
        rank(all, reader, 2).iter().map(|it| it.passage.chapter_id).collect()
    }

    #[test]
    fn what_the_reader_knows_is_ahead_among_equals() {
        assert_eq!(ranked(&Reader::default()), [1, 2]);
        assert_eq!(ranked(&Reader { begun: [2, 3].into(), ..Reader::default() }), [2, 1]);
    }
}
