//! Ranking of the passages for a reader.

use super::{Reader, SearchHit};

/// Bonus of chapters that the reader has started.
///
/// Among passages with similar scores, a passage of a started or completed chapter is the better answer: the reader
/// knows its words, and can look it up. The cosines of matching passages differ by a few hundredths, and those of
/// other passages by more. The bonus therefore decides between close candidates, and does not promote unrelated
/// passages.
const STARTED_BONUS: f32 = 0.05;

/// Returns the best passages for this reader, best first.
pub(super) fn rank(mut hits: Vec<SearchHit>, reader: &Reader, limit: usize) -> Vec<SearchHit> {
    for hit in &mut hits {
        if reader.started.contains(&hit.passage.chapter_id) {
            hit.score += STARTED_BONUS;
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    hits.truncate(limit);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::rag::Passage;

    fn hit(chapter_id: i64, score: f32) -> SearchHit {
        let passage =
            Passage { chapter_id, title: String::new(), grade_level: 5, position: 0, text: String::new() };
        SearchHit { passage, score }
    }

    fn rank_for(reader: &Reader) -> Vec<i64> {
        let all = vec![hit(1, 0.60), hit(2, 0.58), hit(3, 0.30)];
        rank(all, reader, 2).iter().map(|hit| hit.passage.chapter_id).collect()
    }

    #[test]
    fn started_chapters_rank_higher_among_similar_scores() {
        assert_eq!(rank_for(&Reader::default()), [1, 2]);
        assert_eq!(rank_for(&Reader { started: [2, 3].into(), ..Reader::default() }), [2, 1]);
    }
}
