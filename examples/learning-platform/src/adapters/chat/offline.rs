//! Finds sentences, and writes none.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt as _, stream};

use super::super::words::words;
use crate::services::rag::{ChatModel, Piece, Pieces, Prompt, passages::sentences};

/// Answers with the sentences of the book that fit the question best, each with its citation. It is no language model: it does not know what a
/// sentence means, only which of the question's words are in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtractiveModel;

/// How many sentences make an answer.
const SENTENCES: usize = 3;

/// How many letters two words must have in common at their beginning to be taken for forms of the same word, if one of them ends there or soon.
const STEM: usize = 4;

/// What it says when it has nothing to say.
const NOTHING: &str = "The book has no sentence that matches this question. (This answer was made without a language model: \
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
        let texts = sentences.into_iter().enumerate().map(|(index, it)| {
            let separator = if index == 0 { "" } else { " " };
            Ok(Piece::Text(format!("{separator}{} [{}]", it.text, it.citation)))
        });
        stream::iter(texts.collect::<Vec<_>>()).boxed()
    }
}

struct Sentence<'p> {
    text: &'p str,
    /// The number of its passage.
    citation: usize,
    /// Which of the question's words are in it.
    matches: Vec<usize>,
}

/// The sentences that fit best, in the order of the passages.
fn extract(prompt: &Prompt) -> Vec<Sentence<'_>> {
    let mut asked: Vec<String> = words(&prompt.question).collect();
    asked.sort();
    asked.dedup();
    let mut seen = HashSet::new();
    let mut candidates: Vec<Sentence<'_>> = Vec::new();
    for (passage, citation) in prompt.passages.iter().zip(1..) {
        // A passage repeats the end of the one before.
        for text in sentences(&passage.text).filter(|it| seen.insert(*it)) {
            let matches = matches(&asked, text);
            candidates.push(Sentence { text, citation, matches });
        }
    }
    let weights = weights(&candidates);
    let score = |sentence: &Sentence<'_>| sentence.matches.iter().map(|it| weights[it]).sum::<f64>();
    let mut best: Vec<(usize, f64)> =
        candidates.iter().map(score).enumerate().filter(|(_, score)| *score > 0.0).collect();
    // Stable: of two that fit as well, the one from the better passage.
    best.sort_by(|a, b| b.1.total_cmp(&a.1));
    // What fits less than half as well as the best is beside the point.
    let least = best.first().map_or(0.0, |it| it.1 / 2.0);
    best.retain(|it| it.1 >= least);
    best.truncate(SENTENCES);
    best.sort_by_key(|it| it.0);
    let chosen: HashSet<usize> = best.into_iter().map(|it| it.0).collect();
    candidates.into_iter().enumerate().filter(|(index, _)| chosen.contains(index)).map(|it| it.1).collect()
}

fn matches(asked: &[String], sentence: &str) -> Vec<usize> {
    let there: Vec<String> = words(sentence).collect();
    let is_there = |word: &String| there.iter().any(|it| is_form_of(it, word));
    asked.iter().enumerate().filter(|(_, word)| is_there(word)).map(|it| it.0).collect()
}

/// Whether two words may be forms of one: "plant" and "plants", "divide" and "dividing".
fn is_form_of(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let longest = a.chars().count().max(b.chars().count());
    a == b || (common >= STEM && longest - common <= 3)
}

/// A word of the question that is in every sentence tells none from the others, so the rare ones count more.
#[expect(clippy::cast_precision_loss, reason = "nobody reads so many sentences")]
fn weights(candidates: &[Sentence<'_>]) -> HashMap<usize, f64> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for word in candidates.iter().flat_map(|it| &it.matches) {
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
        let texts = pieces.into_iter().map(|it| match it {
            Piece::Text(text) => text,
            Piece::Usage(_) => panic!("it costs nothing"),
        });
        texts.collect()
    }

    #[tokio::test]
    async fn the_answer_is_the_sentences_that_fit_with_their_citations() {
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
    async fn what_is_not_in_the_book_is_not_made_up() {
        assert_eq!(answer("Who was Napoleon?", &["Plants are green."]).await, NOTHING);
        assert_eq!(answer("Who was Napoleon?", &[]).await, NOTHING);
        assert_eq!(answer("What is it?", &["It is what it is."]).await, NOTHING);
    }

    #[tokio::test]
    async fn what_passages_repeat_is_said_once() {
        let texts = ["Leaves are green.", "Leaves are green. Leaves fall."];
        assert_eq!(answer("Are leaves green?", &texts).await, "Leaves are green. [1]");
    }
}
