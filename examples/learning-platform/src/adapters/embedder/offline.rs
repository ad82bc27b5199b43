//! Embedder that works offline, without a model.

use std::{collections::HashMap, hash::Hasher as _};

use fnv::FnvHasher;

use super::super::words::words;
use crate::services::{BoxFuture, ServiceError, rag::Embedder};

/// Embedder by feature hashing (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
/// Each word, and each part of three or four letters of it, adds 1 or -1 to the dimension that its hash selects.
///
/// Texts are close to each other if they share words, or words with similar spelling, such as "plant" and "planting".
/// This is not a language model: "dog" and "hound" have nothing in common. It is sufficient for tests, and to try out
/// the application without a model.
#[derive(Clone, Copy, Debug, Default)]
pub struct HashingEmbedder;

/// Number of dimensions. It is large enough that the words of a passage rarely collide.
const DIMENSIONS: usize = 1024;

/// Weights of a word and of a part of a word. A word has many parts, so a part weighs less.
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
        // Takes a few hundred microseconds for each passage.
        let vectors = texts.iter().map(|text| embed_text(text)).collect();
        Box::pin(std::future::ready(Ok(vectors)))
    }
}

fn embed_text(text: &str) -> Vec<f32> {
    let mut features: HashMap<String, f32> = HashMap::new();
    for word in words(text) {
        let bounded: Vec<char> =
            std::iter::once('<').chain(word.chars()).chain(std::iter::once('>')).collect();
        for length in [3, 4] {
            for part in bounded.windows(length) {
                *features.entry(part.iter().collect()).or_default() += PART;
            }
        }
        // The space distinguishes words from parts, which never contain one.
        *features.entry(format!(" {word}")).or_default() += WORD;
    }
    let mut vector = vec![0.0; DIMENSIONS];
    for (feature, weight) in features {
        let hash = hash(&feature);
        // One bit selects the sign, so that collisions cancel out on average. The other bits select the dimension.
        let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
        // The square root reduces the weight of repetitions: nine occurrences of a word do not count nine times.
        vector[dimension(hash)] += sign * weight.sqrt();
    }
    normalize(vector)
}

/// Computes a hash that is identical in every release of Rust and on every machine, because vectors are stored.
fn hash(feature: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(feature.as_bytes());
    hasher.finish()
}

const fn dimension(hash: u64) -> usize {
    // The remainder is below `DIMENSIONS`, so the cast is lossless.
    #[expect(clippy::cast_possible_truncation)]
    let dimension = (hash % DIMENSIONS as u64) as usize;
    dimension
}

/// Scales a vector to length 1. The zero vector of a text without words has no direction, so it gets a fixed one:
/// otherwise its cosine distance to other vectors would be undefined.
fn normalize(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for value in &mut vector {
            *value /= length;
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
        embed_text(a).iter().zip(embed_text(b)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn similar_texts_are_closer_than_unrelated_texts() {
        let question = "How do plants make their food?";
        let answer = "A plant makes food from sunlight, water and air. This is called photosynthesis.";
        let related = "Farmers plant their fields in spring.";
        let unrelated = "The Roman empire was divided in the year 395.";
        let [near, far, furthest] = [answer, related, unrelated].map(|text| similarity(question, text));
        assert!(near > far && far > furthest, "{near} {far} {furthest}");
        assert!(furthest.abs() < 0.1, "{furthest}");
    }

    #[test]
    fn words_with_a_common_stem_are_similar() {
        assert!(similarity("planting", "plants") > 0.3);
        assert!(similarity("dog", "hound").abs() < 0.1);
    }

    #[test]
    fn vectors_have_length_one_and_are_stable_across_versions() {
        for text in ["", "the of and", "Photosynthesis!", "Überall Licht, 光合作用"] {
            let length = embed_text(text).iter().map(|value| value * value).sum::<f32>();
            assert!((length - 1.0).abs() < 1e-5, "{text:?}: {length}");
        }
        // Stored vectors may come from an older build.
        assert_eq!(hash(" plant"), 0xf15d_c57f_5d04_3884);
        assert!((similarity("Plants", "plants") - 1.0).abs() < 1e-5);
    }

    #[tokio::test]
    async fn each_text_gets_one_vector() {
        let vectors = HashingEmbedder.embed(vec!["one".into(), "two".into()]).await.unwrap();
        assert_eq!(vectors, [embed_text("one"), embed_text("two")]);
    }
}
