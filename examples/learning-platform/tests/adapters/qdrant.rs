//! Tests of the vector store in Qdrant: the real client over a real connection to a small test server, which
//! implements the documented behavior of the few methods that the adapter calls. How Qdrant itself stores, indexes
//! and searches a collection is not tested here.

mod server;

use std::time::Duration;

use learning_platform::{
    adapters::vectors::{QdrantVectors, QdrantVectorsError},
    config::{HttpSettings, Remote},
    services::{
        BoxFuture, ServiceError,
        rag::{EmbeddedPassage, Embedder, Passage, Search, SearchHit, VectorStore as _},
    },
};

use self::server::FakeQdrant;
use super::fake::{FakeServer, unused_url};

/// Embedder with any name and dimensions, which computes no vectors.
struct StubEmbedder(&'static str, usize);

impl Embedder for StubEmbedder {
    fn name(&self) -> &str {
        self.0
    }

    fn dimensions(&self) -> usize {
        self.1
    }

    fn embed(&self, _: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, ServiceError>> {
        unreachable!("the store does not embed")
    }
}

fn store_with(url: &str, key: Option<&str>, embedder: &StubEmbedder) -> QdrantVectors {
    let remote = Remote { url: url.to_owned(), key: key.map(Into::into) };
    let (second, timeout) = (Duration::from_secs(1), Duration::from_secs(5));
    let http = HttpSettings { connect_timeout: second, timeout, retries: 0 };
    QdrantVectors::new(&remote, "chapters", embedder, &http).unwrap()
}

fn store(url: &str) -> QdrantVectors {
    store_with(url, Some("qd-secret"), &StubEmbedder("hashing", 2))
}

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

fn cause(error: ServiceError) -> QdrantVectorsError {
    match error {
        ServiceError::Upstream { service: "the vector store", source } => *source.downcast().unwrap(),
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn passages_are_stored_found_replaced_and_deleted() {
    let server = FakeQdrant::start().await;
    let store = store(&server.url);
    store.upsert(1, vec![passage(1, 5, 0, [1.0, 0.0]), passage(1, 5, 1, [0.6, 0.8])]).await.unwrap();
    store.upsert(2, vec![passage(2, 7, 0, [0.8, 0.6])]).await.unwrap();
    assert_eq!(store.count().await.unwrap(), 3);

    let found = store.search(search([1.0, 0.0], None, 2)).await.unwrap();
    assert_eq!(names(&found), [(1, 0), (2, 0)]);
    assert_eq!(found[1].passage, passage(2, 7, 0, [0.8, 0.6]).passage);
    assert!((found[1].score - 0.8).abs() < 1e-5, "{found:?}");
    assert_eq!(names(&store.search(search([0.8, 0.6], Some(6), 1)).await.unwrap()), [(1, 1)]);

    store.upsert(1, vec![passage(1, 8, 0, [0.0, 1.0])]).await.unwrap();
    let found = store.search(search([0.0, 1.0], None, 9)).await.unwrap();
    assert_eq!((names(&found), found[0].passage.grade_level), (vec![(1, 0), (2, 0)], 8));

    store.delete(1).await.unwrap();
    store.delete(1).await.unwrap();
    assert_eq!(names(&store.search(search([0.0, 1.0], None, 9)).await.unwrap()), [(2, 0)]);
}

#[tokio::test]
async fn the_collection_is_created_once_with_its_indexes() {
    let server = FakeQdrant::start().await;
    for _ in 0..2 {
        let store = store(&server.url);
        assert_eq!(store.count().await.unwrap(), 0);
        assert_eq!(store.count().await.unwrap(), 0);
    }
    let collection = server.collection("chapters");
    assert_eq!((collection.dimensions, &*collection.embedder), (2, "hashing"));
    assert_eq!(collection.indexes, ["chapter_id", "grade_level"].map(str::to_owned).into());
    assert_eq!(server.created(), 1);
}

#[tokio::test]
async fn a_collection_of_another_embedder_is_rejected_and_unchanged() {
    let server = FakeQdrant::start().await;
    store(&server.url).upsert(1, vec![passage(1, 5, 0, [1.0, 0.0])]).await.unwrap();
    for other in [StubEmbedder("small", 1536), StubEmbedder("another", 2)] {
        let other = store_with(&server.url, Some("qd-secret"), &other);
        let error = cause(other.upsert(1, vec![]).await.unwrap_err());
        let QdrantVectorsError::OtherVectors { actual, .. } = &error else { panic!("{error}") };
        assert_eq!(actual, "hashing (2 dimensions)");
        assert!(error.to_string().contains("PLATFORM_RAG__COLLECTION"), "{error}");
    }
    assert_eq!(store(&server.url).count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_missing_or_wrong_key_is_an_error() {
    let server = FakeQdrant::start().await;
    for key in [None, Some("wrong")] {
        let error = store_with(&server.url, key, &StubEmbedder("hashing", 2)).count().await.unwrap_err();
        let error = cause(error);
        assert!(format!("{error:?}").contains("Unauthenticated"), "{error:?}");
    }
}

#[test]
fn invalid_keys_and_urls_are_rejected() {
    let remote = Remote { url: "http://127.0.0.1:1".to_owned(), key: Some("sëcret".into()) };
    let (second, timeout) = (Duration::from_secs(1), Duration::from_secs(5));
    let http = HttpSettings { connect_timeout: second, timeout, retries: 0 };
    let error = QdrantVectors::new(&remote, "chapters", &StubEmbedder("hashing", 2), &http).err().unwrap();
    assert!(matches!(error, QdrantVectorsError::Key), "{error:?}");
    let remote = Remote { url: "not a url".to_owned(), key: None };
    assert!(QdrantVectors::new(&remote, "chapters", &StubEmbedder("hashing", 2), &http).is_err());
}

/// The server may become available: each call tries again, including the creation of the collection.
#[tokio::test]
async fn each_call_fails_if_the_server_is_missing_or_not_qdrant() {
    let web = FakeServer::start([]).await;
    for url in [unused_url().await, web.url.trim_end_matches("/v1").to_owned()] {
        let store = store(&url);
        for _ in 0..2 {
            let error = cause(store.search(search([1.0, 0.0], None, 1)).await.unwrap_err());
            assert!(matches!(error, QdrantVectorsError::Call(_)), "{error:?}");
        }
    }
}
