//! Vector store in Qdrant.

use std::collections::HashMap;

use qdrant_client::{
    Payload, Qdrant, QdrantError,
    qdrant::{
        CollectionConfig, Condition, CountPointsBuilder, CreateCollection, CreateCollectionBuilder,
        CreateFieldIndexCollectionBuilder, DeletePointsBuilder, Distance, FieldType, Filter, PointStruct,
        QueryPointsBuilder, Range, ScoredPoint, UpsertPointsBuilder, Value, VectorParamsBuilder,
        vectors_config::Config,
    },
};
use secrecy::ExposeSecret as _;
use tokio::sync::OnceCell;

use crate::{
    config::{HttpSettings, Remote},
    services::{
        BoxFuture, ServiceError,
        rag::{EmbeddedPassage, Embedder, Passage, Search, SearchHit, VectorStore},
    },
};

/// Vector store for books that are too large for a file, and for applications that run on several machines.
///
/// The collection is created on first use. An existing collection is used only if its vectors are compatible.
pub struct QdrantVectors {
    client: Qdrant,
    collection: String,
    embedder: String,
    dimensions: usize,
    /// Initialized once the collection is ready. Until then each call tries again.
    ready: OnceCell<()>,
}

/// Error returned when Qdrant cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum QdrantVectorsError {
    /// The key is not a valid header value. The error does not contain it.
    #[error("PLATFORM_RAG__QDRANT_KEY contains characters that are not allowed in a header")]
    Key,
    /// The request failed.
    #[error("the request failed")]
    Call(#[from] Box<QdrantError>),
    /// The collection belongs to another application or another embedder.
    #[error(
        "the collection {collection:?} is for {actual}, not for {expected}: choose another one with PLATFORM_RAG__COLLECTION, or delete \
         it, and run the program `embed`"
    )]
    OtherVectors {
        /// Name of the collection.
        collection: String,
        /// Embedder and dimensions of the collection.
        actual: String,
        /// Embedder and dimensions of the settings.
        expected: String,
    },
    /// The collection contains a point of another application.
    #[error("a point does not contain a passage")]
    NoPassage,
    /// The chapter has too many passages.
    #[error("a chapter has more than {MAX_PASSAGES} passages")]
    TooMany,
}

impl From<QdrantError> for QdrantVectorsError {
    fn from(error: QdrantError) -> Self {
        Self::Call(Box::new(error))
    }
}

impl From<QdrantVectorsError> for ServiceError {
    fn from(error: QdrantVectorsError) -> Self {
        Self::Upstream { service: "the vector store", source: error.into() }
    }
}

/// Maximum number of passages of a chapter. The id of a point is computed from the chapter id and the position of the
/// passage, so that a new passage replaces the old one at that position.
const MAX_PASSAGES: u64 = 1 << 16;

impl QdrantVectors {
    /// Creates the store. It sends no request before the first use.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is invalid, or if the key cannot be sent as a header.
    pub fn new(
        remote: &Remote,
        collection: &str,
        embedder: &dyn Embedder,
        http: &HttpSettings,
    ) -> Result<Self, QdrantVectorsError> {
        let key = remote.key.as_ref().map(|key| key.expose_secret().to_owned());
        // The error of the client would contain the key.
        if key.as_ref().is_some_and(|key| !key.chars().all(|character| character.is_ascii_graphic())) {
            return Err(QdrantVectorsError::Key);
        }
        let client = Qdrant::from_url(&remote.url)
            .api_key(key)
            .timeout(http.timeout)
            .connect_timeout(http.connect_timeout)
            // The check would block the thread, and print its result.
            .skip_compatibility_check()
            .build()?;
        Ok(Self {
            client,
            collection: collection.to_owned(),
            embedder: embedder.name().to_owned(),
            dimensions: embedder.dimensions(),
            ready: OnceCell::new(),
        })
    }

    /// Returns the client after it has ensured that the collection is ready.
    async fn ready(&self) -> Result<&Qdrant, QdrantVectorsError> {
        self.ready.get_or_try_init(async || self.prepare().await).await?;
        Ok(&self.client)
    }

    async fn prepare(&self) -> Result<(), QdrantVectorsError> {
        if !self.client.collection_exists(&self.collection).await? {
            let created = self.client.create_collection(self.new_collection()).await;
            // Another process may have created the collection in the meantime, so only its existence counts.
            if let Err(error) = created
                && !self.client.collection_exists(&self.collection).await?
            {
                return Err(error.into());
            }
        }
        let info = self.client.collection_info(&self.collection).await?.result.unwrap_or_default();
        self.check(&info.config.unwrap_or_default())?;
        for field in ["chapter_id", "grade_level"] {
            // The call succeeds if the index already exists.
            let index = CreateFieldIndexCollectionBuilder::new(&self.collection, field, FieldType::Integer);
            self.client.create_field_index(index.wait(true)).await?;
        }
        Ok(())
    }

    fn new_collection(&self) -> CreateCollection {
        let vectors = VectorParamsBuilder::new(self.dimensions as u64, Distance::Cosine);
        let mut collection = CreateCollectionBuilder::new(&self.collection).vectors_config(vectors).build();
        collection.metadata.insert("embedder".to_owned(), self.embedder.clone().into());
        collection
    }

    /// Checks that the collection is for the embedder of the settings. Vectors of different embedders may have the
    /// same length, but cannot be compared. Older servers do not store the metadata; then only the length is checked.
    fn check(&self, config: &CollectionConfig) -> Result<(), QdrantVectorsError> {
        let vectors =
            config.params.as_ref().and_then(|params| params.vectors_config.as_ref()?.config.as_ref());
        let dimensions = match vectors {
            Some(Config::Params(vectors)) => Some(vectors.size),
            Some(Config::ParamsMap(_)) | None => None,
        };
        let embedder = config.metadata.get("embedder").and_then(Value::as_str);
        if dimensions == Some(self.dimensions as u64) && embedder.is_none_or(|name| *name == self.embedder) {
            return Ok(());
        }
        let dimensions = dimensions.map_or("several".to_owned(), |size| size.to_string());
        let embedder = embedder.map_or("another embedder", String::as_str);
        Err(QdrantVectorsError::OtherVectors {
            collection: self.collection.clone(),
            actual: format!("{embedder} ({dimensions} dimensions)"),
            expected: format!("{} ({} dimensions)", self.embedder, self.dimensions),
        })
    }

    async fn replace(
        &self,
        chapter_id: i64,
        passages: Vec<EmbeddedPassage>,
    ) -> Result<(), QdrantVectorsError> {
        let client = self.ready().await?;
        let count = passages.len();
        if count as u64 > MAX_PASSAGES {
            return Err(QdrantVectorsError::TooMany);
        }
        let points: Vec<_> = passages.into_iter().map(to_point).collect();
        if !points.is_empty() {
            client.upsert_points(UpsertPointsBuilder::new(&self.collection, points).wait(true)).await?;
        }
        // Old passages are deleted after the new ones are written, so that the chapter can be found at any time.
        let rest =
            DeletePointsBuilder::new(&self.collection).points(passages_from(chapter_id, count)).wait(true);
        client.delete_points(rest).await?;
        Ok(())
    }

    async fn nearest(&self, search: Search) -> Result<Vec<SearchHit>, QdrantVectorsError> {
        let client = self.ready().await?;
        let mut query = QueryPointsBuilder::new(&self.collection)
            .query(search.vector)
            .limit(search.limit as u64)
            .with_payload(true);
        if let Some(grade) = search.grade_level {
            query = query.filter(Filter::must([up_to_grade(grade)]));
        }
        client.query(query).await?.result.into_iter().map(to_found).collect()
    }
}

fn to_point(EmbeddedPassage { passage, vector }: EmbeddedPassage) -> PointStruct {
    let id = passage.chapter_id.cast_unsigned() * MAX_PASSAGES + passage.position.cast_unsigned();
    let mut payload = Payload::new();
    payload.insert("chapter_id", passage.chapter_id);
    payload.insert("title", passage.title);
    payload.insert("grade_level", passage.grade_level);
    payload.insert("position", passage.position);
    payload.insert("text", passage.text);
    PointStruct::new(id, vector, payload)
}

fn to_found(point: ScoredPoint) -> Result<SearchHit, QdrantVectorsError> {
    let passage = to_passage(point.payload).ok_or(QdrantVectorsError::NoPassage)?;
    Ok(SearchHit { passage, score: point.score })
}

fn to_passage(mut payload: HashMap<String, Value>) -> Option<Passage> {
    let mut text = |key| match payload.remove(key)?.kind? {
        qdrant_client::qdrant::value::Kind::StringValue(text) => Some(text),
        _ => None,
    };
    let (title, text) = (text("title")?, text("text")?);
    let number = |key| payload.get(key)?.as_integer();
    Some(Passage {
        chapter_id: number("chapter_id")?,
        title,
        grade_level: number("grade_level")?,
        position: number("position")?,
        text,
    })
}

/// Returns a filter for the passages of a chapter from that position on.
#[expect(clippy::cast_precision_loss, reason = "positions are at most 2^16")]
fn passages_from(chapter_id: i64, position: usize) -> Filter {
    let from = Range { gte: Some(position as f64), ..Range::default() };
    Filter::must([Condition::matches("chapter_id", chapter_id), Condition::range("position", from)])
}

#[expect(clippy::cast_precision_loss, reason = "there are 13 grades")]
fn up_to_grade(grade: i64) -> Condition {
    Condition::range("grade_level", Range { lte: Some(grade as f64), ..Range::default() })
}

impl VectorStore for QdrantVectors {
    fn upsert(
        &self,
        chapter_id: i64,
        passages: Vec<EmbeddedPassage>,
    ) -> BoxFuture<'_, Result<(), ServiceError>> {
        Box::pin(async move { Ok(self.replace(chapter_id, passages).await?) })
    }

    fn delete(&self, chapter_id: i64) -> BoxFuture<'_, Result<(), ServiceError>> {
        self.upsert(chapter_id, Vec::new())
    }

    fn search(&self, search: Search) -> BoxFuture<'_, Result<Vec<SearchHit>, ServiceError>> {
        Box::pin(async move { Ok(self.nearest(search).await?) })
    }

    fn count(&self) -> BoxFuture<'_, Result<u64, ServiceError>> {
        Box::pin(async move {
            let count = async {
                let request = CountPointsBuilder::new(&self.collection).exact(true);
                Ok::<_, QdrantVectorsError>(self.ready().await?.count(request).await?)
            };
            Ok(count.await?.result.map_or(0, |result| result.count))
        })
    }
}
