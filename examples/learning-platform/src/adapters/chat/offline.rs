//! Chat model that works offline: it quotes sentences and generates no text.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt as _, stream};

use super::super::words::words;
use crate::services::rag::{ChatModel, Piece, Pieces, Prompt, passages::sentences};

/// Chat model that answers with the sentences of the book that match the question best, each with its citation. It is
/// not a language model: it does not understand sentences, it only compares their words with the words of the
/// question.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtractiveModel;

/// Maximum number of sentences in an answer.
const SENTENCES: usize = 3;

/// Minimum length of the common prefix of two words that count as forms of one word, if both words end soon after it.
const STEM: usize = 4;

/// Answer if no sentence matches.
const NOTHING: &str = "The book has no sentence that matches this question. (This answer was composed without a language model: \
                       other words may find more.)";

impl ChatModel for ExtractiveModel {
    fn name(&self) -> &'static str {
        "extractive (offline)"
    }

    fn answer(&self, prompt: Prompt) -> Pieces {
        let sentences = extract(&prompt);
        if sentences.is_empty() {
            return stream::iter([Ok(Piece::Text(NOTHING.to_owned()))]).boxed();
        }
        let texts = sentences.into_iter().enumerate().map(|(index, sentence)| {
            let separator = if index == 0 { "" } else { " " };
            Ok(Piece::Text(format!("{separator}{} [{}]", sentence.text, sentence.citation)))
        });
        stream::iter(texts.collect::<Vec<_>>()).boxed()
    }
}

struct Sentence<'p> {
    text: &'p str,
    /// Number of its passage.
    citation: usize,
    /// Indexes of the words of the question that the sentence contains.
    matches: Vec<usize>,
}

/// Returns the sentences that match best, in the order of the passages.
fn extract(prompt: &Prompt) -> Vec<Sentence<'_>> {
    let mut question_words: Vec<String> = words(&prompt.question).collect();
    question_words.sort();
    question_words.dedup();
    let mut seen = HashSet::new();
    let mut candidates: Vec<Sentence<'_>> = Vec::new();
    for (passage, citation) in prompt.passages.iter().zip(1..) {
        // Consecutive passages overlap: a passage begins with the end of the previous one.
        for text in sentences(&passage.text).filter(|text| seen.insert(*text)) {
            let matches = matches(&question_words, text);
            candidates.push(Sentence { text, citation, matches });
        }
    }
    let weights = weights(&candidates);
    let score = |sentence: &Sentence<'_>| sentence.matches.iter().map(|word| weights[word]).sum::<f64>();
    let mut best: Vec<(usize, f64)> =
        candidates.iter().map(score).enumerate().filter(|(_, score)| *score > 0.0).collect();
    // The sort is stable: of two sentences with the same score, the one from the better passage comes first.
    best.sort_by(|a, b| b.1.total_cmp(&a.1));
    // Drops sentences whose score is less than half of the best score.
    let least = best.first().map_or(0.0, |(_, score)| score / 2.0);
    best.retain(|(_, score)| *score >= least);
    best.truncate(SENTENCES);
    best.sort_by_key(|(index, _)| *index);
    let chosen: HashSet<usize> = best.into_iter().map(|(index, _)| index).collect();
    candidates
        .into_iter()
        .enumerate()
        .filter(|(index, _)| chosen.contains(index))
        .map(|(_, sentence)| sentence)
        .collect()
}

fn matches(question_words: &[String], sentence: &str) -> Vec<usize> {
    let sentence_words: Vec<String> = words(sentence).collect();
    let is_in_sentence = |word: &String| sentence_words.iter().any(|other| is_form_of(other, word));
    question_words
        .iter()
        .enumerate()
        .filter(|(_, word)| is_in_sentence(word))
        .map(|(index, _)| index)
        .collect()
}

/// Returns whether two words may be forms of one word: "plant" and "plants", "divide" and "dividing".
fn is_form_of(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let longest = a.chars().count().max(b.chars().count());
    a == b || (common >= STEM && longest - common <= 3)
}

/// Computes a weight for each word of the question. A word that occurs in every sentence does not distinguish them,
/// so rare words weigh more.
#[expect(clippy::cast_precision_loss, reason = "the number of sentences is far below 2^52")]
fn weights(candidates: &[Sentence<'_>]) -> HashMap<usize, f64> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for word in candidates.iter().flat_map(|sentence| &sentence.matches) {
        *counts.entry(*word).or_default() += 1;
    }
    let all = candidates.len() as f64;
    counts.into_iter().map(|(word, count)| (word, (1.0 + all / count as f64).ln())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use futures_util::TryStreamExt as _;

    use crate::services::rag::Passage;

    async fn answer(question: &str, texts: &[&str]) -> String {
        let passages = texts.iter().zip(0..).map(|(text, position)| Passage {
            chapter_id: 1,
            title: "Plants".into(),
            grade_level: 5,
            position,
            text: (*text).into(),
        });
        let prompt = Prompt { question: question.into(), grade_level: None, passages: passages.collect() };
        let pieces: Vec<_> = ExtractiveModel.answer(prompt).try_collect().await.unwrap();
        let texts = pieces.into_iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Usage(_) => panic!("the offline model reports no usage"),
        });
        texts.collect()
    }

    #[tokio::test]
    async fn an_answer_consists_of_the_matching_sentences_with_citations() {
        let texts = [
            "Plants are green. A plant makes its food from light.",
            "Rome was not built in a day. The food that plants make from light is sugar.",
        ];
        assert_eq!(
            answer("How do plants make food from light?", &texts).await,
            "A plant makes its food from light. [1] The food that plants make from light is sugar. [2]",
        );
    }

    #[tokio::test]
    async fn a_question_without_a_matching_sentence_gets_the_fallback_answer() {
        assert_eq!(answer("Who was Napoleon?", &["Plants are green."]).await, NOTHING);
        assert_eq!(answer("Who was Napoleon?", &[]).await, NOTHING);
        assert_eq!(answer("What is it?", &["It is what it is."]).await, NOTHING);
    }

    #[tokio::test]
    async fn a_sentence_in_two_passages_is_quoted_once() {
        let texts = ["Leaves are green.", "Leaves are green. Leaves fall."];
        assert_eq!(answer("Are leaves green?", &texts).await, "Leaves are green. [1]");
    }
}
