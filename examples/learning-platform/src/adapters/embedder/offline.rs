//! Works everywhere, at once, and understands nothing.

use std::{collections::HashMap, hash::Hasher as _};

use fnv::FnvHasher;

use super::super::words::words;
use crate::services::{BoxFuture, ServiceError, rag::Embedder};

/// Feature hashing (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009): each word, and each part of three
/// or four letters of it, adds 1 or takes 1 away at a place that its hash decides.
///
/// So texts are near each other if they share words, or words that are spelt alike, as "plant" and "planting" are. It is no language model:
/// "dog" and "hound" have nothing in common. It is good enough to try the application out without a model, and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct HashingEmbedder;

/// Enough for the words of a passage to be in each other's way only rarely.
const DIMENSIONS: usize = 1024;

/// What a word counts, as against a part of a word, of which there are more.
const WORD: f32 = 1.0;
const PART: f32 = 0.25;

impl Embedder for HashingEmbedder {
    fn name(&self) -> &'static str {
        "feature hashing (offline)"
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, ServiceError>> {
        // Some hundred microseconds a passage.
        let vectors = texts.iter().map(|text| vector(text)).collect();
        Box::pin(std::future::ready(Ok(vectors)))
    }
}

fn vector(text: &str) -> Vec<f32> {
    let mut features: HashMap<String, f32> = HashMap::new();
    for word in words(text) {
        let marked: Vec<char> =
            std::iter::once('<').chain(word.chars()).chain(std::iter::once('>')).collect();
        for length in [3, 4] {
            for part in marked.windows(length) {
                *features.entry(part.iter().collect()).or_default() += PART;
            }
        }
        // Apart from the parts, none of which has a space in it.
        *features.entry(format!(" {word}")).or_default() += WORD;
    }
    let mut vector = vec![0.0; DIMENSIONS];
    for (feature, weight) in features {
        let hash = hash(&feature);
        // One bit for the sign, which makes what collides cancel out on average, and others for the place.
        let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
        // The root: a word that is there nine times does not count nine times as much.
        vector[place(hash)] += sign * weight.sqrt();
    }
    normalised(vector)
}

/// A hash that is the same in every release of Rust, and on every machine: vectors are kept.
fn hash(feature: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(feature.as_bytes());
    hasher.finish()
}

const fn place(hash: u64) -> usize {
    // It is below `DIMENSIONS`, so nothing is lost.
    #[expect(clippy::cast_possible_truncation)]
    let place = (hash % DIMENSIONS as u64) as usize;
    place
}

/// Of length 1. A text without words has no direction; it gets one, since a vector of nothing has no angle to any other.
fn normalised(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|it| it * it).sum::<f32>().sqrt();
    if length > 0.0 {
        for it in &mut vector {
            *it /= length;
        }
    } else {
        vector[0] = 1.0;
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn similarity(a: &str, b: &str) -> f32 {
        vector(a).iter().zip(vector(b)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn similar_texts_are_nearer_than_others() {
        let question = "How do plants make their food?";
        let answer = "A plant makes food from sunlight, water and air. This is called photosynthesis.";
        let related = "Farmers plant their fields in spring.";
        let unrelated = "The Roman empire was divided in the year 395.";
        let [near, far, furthest] = [answer, related, unrelated].map(|text| similarity(question, text));
        assert!(near > far && far > furthest, "{near} {far} {furthest}");
        assert!(furthest.abs() < 0.1, "{furthest}");
    }

    #[test]
    fn words_of_one_stem_are_alike() {
        assert!(similarity("planting", "plants") > 0.3);
        assert!(similarity("dog", "hound").abs() < 0.1);
    }

    #[test]
    fn vectors_have_length_one_and_never_change() {
        for text in ["", "the of and", "Photosynthesis!", "Überall Licht, 光合作用"] {
            let length = vector(text).iter().map(|it| it * it).sum::<f32>();
            assert!((length - 1.0).abs() < 1e-5, "{text:?}: {length}");
        }
        // What is in a store was made by an older build.
        assert_eq!(hash(" plant"), 0xf15d_c57f_5d04_3884);
        assert!((similarity("Plants", "plants") - 1.0).abs() < 1e-5);
    }

    #[tokio::test]
    async fn each_text_has_its_vector() {
        let vectors = HashingEmbedder.embed(vec!["one".into(), "two".into()]).await.unwrap();
        assert_eq!(vectors, [vector("one"), vector("two")]);
    }
}
