//! Vectors in Qdrant.

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
        rag::{EmbeddedPassage, Embedder, Found, Passage, Search, VectorStore},
    },
};

/// The store for a book that has outgrown a file, or an application in several processes on several machines.
///
/// Its collection is made when it is first needed. One that is there already is only used if its vectors are like ours.
pub struct QdrantVectors {
    client: Qdrant,
    collection: String,
    embedder: String,
    dimensions: usize,
    /// Whether the collection is as it should be. As long as it is not, each call tries again.
    ready: OnceCell<()>,
}

/// Qdrant cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum QdrantVectorsError {
    /// The key would not pass as a header. It is not repeated.
    #[error("PLATFORM_RAG__QDRANT_KEY has characters in it that no key has")]
    Key,
    /// The call failed.
    #[error("the call failed")]
    Call(#[from] Box<QdrantError>),
    /// The collection is another's, or of another embedder.
    #[error(
        "the collection {collection:?} is for {theirs}, and not for {ours}: name another one with PLATFORM_RAG__COLLECTION, or delete \
         it, and run the program `embed`"
    )]
    OtherVectors {
        /// Its name.
        collection: String,
        /// What it keeps.
        theirs: String,
        /// What we would.
        ours: String,
    },
    /// There is something in it that is not ours.
    #[error("a point has no passage in it")]
    NoPassage,
    /// More of them than a chapter has.
    #[error("a chapter has more than {MOST_PASSAGES} passages")]
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

/// The number of a point is made of those of the chapter and of the passage, so that a passage takes the place of the one before it.
const MOST_PASSAGES: u64 = 1 << 16;

impl QdrantVectors {
    /// Nothing is sent before it is needed.
    ///
    /// # Errors
    ///
    /// The URL is none, or the key cannot be sent.
    pub fn new(
        remote: &Remote,
        collection: &str,
        embedder: &dyn Embedder,
        http: &HttpSettings,
    ) -> Result<Self, QdrantVectorsError> {
        let key = remote.key.as_ref().map(|it| it.expose_secret().to_owned());
        // The client would repeat the key in its error.
        if key.as_ref().is_some_and(|it| !it.chars().all(|it| it.is_ascii_graphic())) {
            return Err(QdrantVectorsError::Key);
        }
        let client = Qdrant::from_url(&remote.url)
            .api_key(key)
            .timeout(http.timeout)
            .connect_timeout(http.connect_timeout)
            // It would block a thread to ask, and print what it thinks.
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

    /// The client, with the collection in place.
    async fn ready(&self) -> Result<&Qdrant, QdrantVectorsError> {
        self.ready.get_or_try_init(async || self.prepare().await).await?;
        Ok(&self.client)
    }

    async fn prepare(&self) -> Result<(), QdrantVectorsError> {
        if !self.client.collection_exists(&self.collection).await? {
            let created = self.client.create_collection(self.new_collection()).await;
            // Another process may have been quicker; what counts is what is there.
            if let Err(error) = created
                && !self.client.collection_exists(&self.collection).await?
            {
                return Err(error.into());
            }
        }
        let info = self.client.collection_info(&self.collection).await?.result.unwrap_or_default();
        self.check(&info.config.unwrap_or_default())?;
        for field in ["chapter_id", "grade_level"] {
            // If there is such an index, that is as good.
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

    /// Vectors of two embedders may be equally long, and still not be compared. Older servers do not keep which it was; then the length has to do.
    fn check(&self, config: &CollectionConfig) -> Result<(), QdrantVectorsError> {
        let vectors = config.params.as_ref().and_then(|it| it.vectors_config.as_ref()?.config.as_ref());
        let dimensions = match vectors {
            Some(Config::Params(vectors)) => Some(vectors.size),
            Some(Config::ParamsMap(_)) | None => None,
        };
        let embedder = config.metadata.get("embedder").and_then(Value::as_str);
        if dimensions == Some(self.dimensions as u64) && embedder.is_none_or(|it| *it == self.embedder) {
            return Ok(());
        }
        let dimensions = dimensions.map_or("several".to_owned(), |it| it.to_string());
        let embedder = embedder.map_or("another embedder", String::as_str);
        Err(QdrantVectorsError::OtherVectors {
            collection: self.collection.clone(),
            theirs: format!("{embedder} ({dimensions} dimensions)"),
            ours: format!("{} ({} dimensions)", self.embedder, self.dimensions),
        })
    }

    async fn replace(
        &self,
        chapter_id: i64,
        passages: Vec<EmbeddedPassage>,
    ) -> Result<(), QdrantVectorsError> {
        let client = self.ready().await?;
        let count = passages.len();
        if count as u64 > MOST_PASSAGES {
            return Err(QdrantVectorsError::TooMany);
        }
        let points: Vec<_> = passages.into_iter().map(point).collect();
        if !points.is_empty() {
            client.upsert_points(UpsertPointsBuilder::new(&self.collection, points).wait(true)).await?;
        }
        // Only now: while the new ones are written, there is no moment at which a chapter cannot be found.
        let more = DeletePointsBuilder::new(&self.collection).points(beyond(chapter_id, count)).wait(true);
        client.delete_points(more).await?;
        Ok(())
    }

    async fn nearest(&self, search: Search) -> Result<Vec<Found>, QdrantVectorsError> {
        let client = self.ready().await?;
        let mut query = QueryPointsBuilder::new(&self.collection)
            .query(search.vector)
            .limit(search.limit as u64)
            .with_payload(true);
        if let Some(grade) = search.grade_level {
            query = query.filter(Filter::must([up_to_grade(grade)]));
        }
        client.query(query).await?.result.into_iter().map(found).collect()
    }
}

fn point(it: EmbeddedPassage) -> PointStruct {
    let EmbeddedPassage { passage, vector } = it;
    let id = passage.chapter_id.cast_unsigned() * MOST_PASSAGES + passage.position.cast_unsigned();
    let mut payload = Payload::new();
    payload.insert("chapter_id", passage.chapter_id);
    payload.insert("title", passage.title);
    payload.insert("grade_level", passage.grade_level);
    payload.insert("position", passage.position);
    payload.insert("text", passage.text);
    PointStruct::new(id, vector, payload)
}

fn found(point: ScoredPoint) -> Result<Found, QdrantVectorsError> {
    let passage = passage(point.payload).ok_or(QdrantVectorsError::NoPassage)?;
    Ok(Found { passage, score: point.score })
}

fn passage(mut payload: HashMap<String, Value>) -> Option<Passage> {
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

/// The passages of a chapter from that one on.
#[expect(clippy::cast_precision_loss, reason = "there are not so many passages")]
fn beyond(chapter_id: i64, position: usize) -> Filter {
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

    fn search(&self, search: Search) -> BoxFuture<'_, Result<Vec<Found>, ServiceError>> {
        Box::pin(async move { Ok(self.nearest(search).await?) })
    }

    fn count(&self) -> BoxFuture<'_, Result<u64, ServiceError>> {
        Box::pin(async move {
            let count = async {
                let request = CountPointsBuilder::new(&self.collection).exact(true);
                Ok::<_, QdrantVectorsError>(self.ready().await?.count(request).await?)
            };
            Ok(count.await?.result.map_or(0, |it| it.count))
        })
    }
}
