//! Tests of the embedded vector store.

use std::path::Path;

use learning_platform::{
    adapters::vectors::{EmbeddedVectors, OpenError},
    services::{
        ServiceError,
        rag::{EmbeddedPassage, Passage, Search, SearchHit, VectorStore as _},
    },
};
use tempfile::TempDir;

/// Creates a passage with a vector of two dimensions.
fn passage(chapter_id: i64, grade_level: i64, position: i64, vector: [f32; 2]) -> EmbeddedPassage {
    let text = format!("passage {position} of chapter {chapter_id}");
    let passage = Passage { chapter_id, title: format!("Chapter {chapter_id}"), grade_level, position, text };
    EmbeddedPassage { passage, vector: vector.into() }
}

fn search(vector: [f32; 2], grade_level: Option<i64>, limit: usize) -> Search {
    Search { vector: vector.into(), grade_level, limit }
}

fn names(found: &[SearchHit]) -> Vec<(i64, i64)> {
    found.iter().map(|hit| (hit.passage.chapter_id, hit.passage.position)).collect()
}

async fn open(path: &Path) -> EmbeddedVectors {
    EmbeddedVectors::open(path, "hashing", 2).await.unwrap()
}

async fn filled(path: &Path) -> EmbeddedVectors {
    let store = open(path).await;
    store.upsert(1, vec![passage(1, 5, 0, [1.0, 0.0]), passage(1, 5, 1, [0.6, 0.8])]).await.unwrap();
    store.upsert(2, vec![passage(2, 7, 0, [0.8, 0.6])]).await.unwrap();
    store
}

#[tokio::test]
async fn the_nearest_passages_come_first_with_all_fields() {
    let store = filled(Path::new(":memory:")).await;
    let found = store.search(search([1.0, 0.0], None, 2)).await.unwrap();
    assert_eq!(names(&found), [(1, 0), (2, 0)]);
    assert_eq!(found[1].passage, passage(2, 7, 0, [0.8, 0.6]).passage);
    for (found, score) in found.iter().zip([1.0, 0.8]) {
        assert!((found.score - score).abs() < 1e-5, "{found:?}");
    }
}

#[tokio::test]
async fn passages_for_higher_grades_do_not_count_against_the_limit() {
    let store = filled(Path::new(":memory:")).await;
    let found = store.search(search([0.8, 0.6], Some(6), 1)).await.unwrap();
    assert_eq!(names(&found), [(1, 1)]);
    let found = store.search(search([0.8, 0.6], Some(7), 1)).await.unwrap();
    assert_eq!(names(&found), [(2, 0)]);
    assert!(store.search(search([0.8, 0.6], Some(4), 9)).await.unwrap().is_empty());
}

#[tokio::test]
async fn new_passages_replace_the_old_ones() {
    let store = filled(Path::new(":memory:")).await;
    assert_eq!(store.count().await.unwrap(), 3);
    store.upsert(1, vec![passage(1, 8, 0, [0.0, 1.0])]).await.unwrap();
    let found = store.search(search([0.0, 1.0], None, 9)).await.unwrap();
    assert_eq!(names(&found), [(1, 0), (2, 0)]);
    assert_eq!((found[0].passage.grade_level, store.count().await.unwrap()), (8, 2));
}

#[tokio::test]
async fn a_chapter_can_be_deleted_twice() {
    let store = filled(Path::new(":memory:")).await;
    for _ in 0..2 {
        store.delete(1).await.unwrap();
        assert_eq!(names(&store.search(search([1.0, 0.0], None, 9)).await.unwrap()), [(2, 0)]);
    }
    store.delete(2).await.unwrap();
    assert_eq!(store.count().await.unwrap(), 0);
    assert!(store.search(search([1.0, 0.0], None, 9)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_vector_with_other_dimensions_is_rejected_without_changes() {
    let store = filled(Path::new(":memory:")).await;
    let mut wrong = passage(1, 5, 1, [0.0, 1.0]);
    wrong.vector.push(0.0);
    let error = store.upsert(1, vec![passage(1, 5, 0, [0.0, 1.0]), wrong]).await.unwrap_err();
    let ServiceError::Upstream { service: "the vector store", source } = error else { panic!("{error}") };
    assert_eq!(source.to_string(), "a vector has 3 dimensions, but the store has 2");
    assert_eq!(store.count().await.unwrap(), 3);
    store.search(Search { vector: vec![1.0], grade_level: None, limit: 1 }).await.unwrap_err();
}

#[tokio::test]
async fn passages_are_kept_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vectors.db");
    filled(&path).await.close().await;
    let store = open(&path).await;
    assert_eq!(names(&store.search(search([1.0, 0.0], None, 1)).await.unwrap()), [(1, 0)]);
    store.close().await;
}

/// Vectors of different embedders cannot be compared, even if they have the same dimensions.
#[tokio::test]
async fn the_store_is_cleared_when_the_embedder_changes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vectors.db");
    filled(&path).await.close().await;
    for (embedder, dimensions) in [("another", 2), ("another", 3)] {
        let store = EmbeddedVectors::open(&path, embedder, dimensions).await.unwrap();
        assert_eq!(store.count().await.unwrap(), 0);
        let mut passage = passage(1, 5, 0, [1.0, 0.0]);
        passage.vector.resize(dimensions, 0.0);
        let vector = passage.vector.clone();
        store.upsert(1, vec![passage]).await.unwrap();
        let found = store.search(Search { vector, grade_level: None, limit: 9 }).await.unwrap();
        assert_eq!(names(&found), [(1, 0)]);
        store.close().await;
    }
}

#[tokio::test]
async fn concurrent_writes_succeed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vectors.db");
    let (one, two) = (open(&path).await, open(&path).await);
    let writes = (1..=20).map(|chapter| {
        let store = if chapter % 2 == 0 { &one } else { &two };
        store.upsert(chapter, vec![passage(chapter, 5, 0, [1.0, 0.0])])
    });
    futures_util::future::try_join_all(writes).await.unwrap();
    assert_eq!((one.count().await.unwrap(), two.count().await.unwrap()), (20, 20));
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_rejected_and_unchanged() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "buy milk\n".repeat(100)).unwrap();
    let error = EmbeddedVectors::open(&path, "hashing", 2).await.unwrap_err();
    assert!(matches!(&error, OpenError::File { .. }), "{error:?}");
    assert!(error.to_string().ends_with("(choose another path with PLATFORM_RAG__VECTORS)"), "{error}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("buy milk"));
}
