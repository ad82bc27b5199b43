//! Test server that implements the used part of Qdrant in memory.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, extract::Request, routing::post};
use qdrant_client::qdrant::{
    CollectionConfig, CollectionExists, CollectionExistsRequest, CollectionExistsResponse, CollectionInfo,
    CollectionOperationResponse, CollectionParams, Condition, CountPoints, CountResponse, CountResult,
    CreateCollection, CreateFieldIndexCollection, DeletePoints, Filter, GetCollectionInfoRequest,
    GetCollectionInfoResponse, PointStruct, PointsOperationResponse, QueryPoints, QueryResponse, ScoredPoint,
    UpsertPoints, Value, VectorsConfig, condition::ConditionOneOf, r#match::MatchValue,
    point_id::PointIdOptions, points_selector::PointsSelectorOneOf, query, vector, vector_input,
    vectors::VectorsOptions, vectors_config::Config,
};
use tokio::task::JoinHandle;
use tonic::{Response, Status, body::Body, server::Grpc};
use tonic_prost::ProstCodec;
use tower::service_fn;

use super::super::fake::serve;

/// Collection of the test server.
#[derive(Clone, Default)]
pub(crate) struct Collection {
    pub(crate) dimensions: u64,
    pub(crate) embedder: String,
    pub(crate) indexes: BTreeSet<String>,
    points: BTreeMap<u64, PointStruct>,
    config: CollectionConfig,
}

/// Test server that requires the key `qd-secret`.
pub(crate) struct FakeQdrant {
    pub(crate) url: String,
    state: Shared,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    collections: HashMap<String, Collection>,
    created: usize,
}

type Shared = Arc<Mutex<State>>;

impl FakeQdrant {
    pub(crate) async fn start() -> Self {
        let state = Shared::default();
        let router = Router::new();
        let router = add_method(router, &state, "/qdrant.Collections/CollectionExists", exists);
        let router = add_method(router, &state, "/qdrant.Collections/Create", create);
        let router = add_method(router, &state, "/qdrant.Collections/Get", get);
        let router = add_method(router, &state, "/qdrant.Points/CreateFieldIndex", index);
        let router = add_method(router, &state, "/qdrant.Points/Upsert", upsert);
        let router = add_method(router, &state, "/qdrant.Points/Delete", delete);
        let router = add_method(router, &state, "/qdrant.Points/Query", query);
        let router = add_method(router, &state, "/qdrant.Points/Count", count);
        let (url, serving) = serve(router).await;
        Self { url, state, serving }
    }

    pub(crate) fn collection(&self, name: &str) -> Collection {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).collections[name].clone()
    }

    pub(crate) fn created(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).created
    }
}

impl Drop for FakeQdrant {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Adds a gRPC method, which `run` implements on the state.
fn add_method<Q, R>(
    router: Router,
    state: &Shared,
    path: &str,
    run: fn(&mut State, Q) -> Result<R, Status>,
) -> Router
where
    Q: prost::Message + Default + 'static,
    R: prost::Message + Default + 'static,
{
    let state = Arc::clone(state);
    let handler = move |request: Request| {
        let state = Arc::clone(&state);
        async move {
            let service = service_fn(move |request: tonic::Request<Q>| {
                let allowed = request.metadata().get("api-key").is_some_and(|key| key == "qd-secret");
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                let result = if allowed {
                    run(&mut state, request.into_inner()).map(Response::new)
                } else {
                    Err(Status::unauthenticated("Must provide an API key"))
                };
                std::future::ready(result)
            });
            let response: axum::http::Response<Body> =
                Grpc::new(ProstCodec::<R, Q>::default()).unary(service, request).await;
            response
        }
    };
    router.route(path, post(handler))
}

impl State {
    fn collection(&mut self, name: &str) -> Result<&mut Collection, Status> {
        let missing = || Status::not_found(format!("Collection `{name}` doesn't exist!"));
        self.collections.get_mut(name).ok_or_else(missing)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "all methods have this signature")]
fn exists(state: &mut State, request: CollectionExistsRequest) -> Result<CollectionExistsResponse, Status> {
    let exists = state.collections.contains_key(&request.collection_name);
    Ok(CollectionExistsResponse { result: Some(CollectionExists { exists }), time: 0.0 })
}

fn create(state: &mut State, request: CreateCollection) -> Result<CollectionOperationResponse, Status> {
    if state.collections.contains_key(&request.collection_name) {
        return Err(Status::already_exists("Collection already exists!"));
    }
    let Some(VectorsConfig { config: Some(Config::Params(vectors)) }) = &request.vectors_config else {
        return Err(Status::invalid_argument("one kind of vectors"));
    };
    let embedder = request.metadata["embedder"].as_str().cloned().unwrap_or_default();
    let collection = Collection {
        dimensions: vectors.size,
        embedder,
        config: CollectionConfig {
            params: Some(CollectionParams { vectors_config: request.vectors_config, ..Default::default() }),
            metadata: request.metadata,
            ..Default::default()
        },
        ..Default::default()
    };
    state.created += 1;
    state.collections.insert(request.collection_name, collection);
    Ok(CollectionOperationResponse { result: true, time: 0.0 })
}

fn get(state: &mut State, request: GetCollectionInfoRequest) -> Result<GetCollectionInfoResponse, Status> {
    let config = state.collection(&request.collection_name)?.config.clone();
    let info = CollectionInfo { config: Some(config), ..Default::default() };
    Ok(GetCollectionInfoResponse { result: Some(info), time: 0.0 })
}

fn index(state: &mut State, request: CreateFieldIndexCollection) -> Result<PointsOperationResponse, Status> {
    state.collection(&request.collection_name)?.indexes.insert(request.field_name);
    Ok(PointsOperationResponse::default())
}

fn upsert(state: &mut State, request: UpsertPoints) -> Result<PointsOperationResponse, Status> {
    let collection = state.collection(&request.collection_name)?;
    for point in request.points {
        let Some(PointIdOptions::Num(id)) = point.id.as_ref().and_then(|id| id.point_id_options.clone())
        else {
            return Err(Status::invalid_argument("a number"));
        };
        if numbers(&point)?.len() as u64 != collection.dimensions {
            return Err(Status::invalid_argument("Wrong input: Vector dimension error"));
        }
        collection.points.insert(id, point);
    }
    Ok(PointsOperationResponse::default())
}

fn delete(state: &mut State, request: DeletePoints) -> Result<PointsOperationResponse, Status> {
    let selector = request.points.and_then(|selector| selector.points_selector_one_of);
    let Some(PointsSelectorOneOf::Filter(filter)) = selector else {
        return Err(Status::invalid_argument("a filter"));
    };
    state.collection(&request.collection_name)?.points.retain(|_, point| !passes(&filter, &point.payload));
    Ok(PointsOperationResponse::default())
}

fn query(state: &mut State, request: QueryPoints) -> Result<QueryResponse, Status> {
    let variant = request.query.and_then(|query| query.variant);
    let Some(query::Variant::Nearest(near)) = variant else {
        return Err(Status::invalid_argument("nearest"));
    };
    let Some(vector_input::Variant::Dense(near)) = near.variant else {
        return Err(Status::invalid_argument("a vector"));
    };
    let filter = request.filter.unwrap_or_default();
    let collection = state.collection(&request.collection_name)?;
    let mut found = Vec::new();
    for point in collection.points.values().filter(|point| passes(&filter, &point.payload)) {
        let score = numbers(point)?.iter().zip(&near.data).map(|(a, b)| a * b).sum();
        found.push(ScoredPoint { payload: point.payload.clone(), score, ..Default::default() });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(usize::try_from(request.limit.unwrap_or(10)).unwrap_or(usize::MAX));
    Ok(QueryResponse { result: found, ..Default::default() })
}

fn count(state: &mut State, request: CountPoints) -> Result<CountResponse, Status> {
    let count = state.collection(&request.collection_name)?.points.len() as u64;
    Ok(CountResponse { result: Some(CountResult { count }), ..Default::default() })
}

#[expect(deprecated, reason = "the client still sends the deprecated field")]
fn numbers(point: &PointStruct) -> Result<Vec<f32>, Status> {
    match point.vectors.as_ref().and_then(|vectors| vectors.vectors_options.as_ref()) {
        Some(VectorsOptions::Vector(vector)) => match &vector.vector {
            Some(vector::Vector::Dense(dense)) => Ok(dense.data.clone()),
            None => Ok(vector.data.clone()),
            Some(_) => Err(Status::invalid_argument("a dense vector")),
        },
        _ => Err(Status::invalid_argument("a vector without a name")),
    }
}

fn passes(filter: &Filter, payload: &HashMap<String, Value>) -> bool {
    assert!(filter.should.is_empty() && filter.must_not.is_empty(), "{filter:?}");
    filter.must.iter().all(|condition| holds(condition, payload))
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn holds(condition: &Condition, payload: &HashMap<String, Value>) -> bool {
    let Some(ConditionOneOf::Field(field)) = &condition.condition_one_of else { panic!("{condition:?}") };
    let Some(number) = payload.get(&field.key).and_then(Value::as_integer) else { return false };
    let is_match = field.r#match.as_ref().is_none_or(|condition| match condition.match_value {
        Some(MatchValue::Integer(integer)) => number == integer,
        _ => panic!("{condition:?}"),
    });
    let is_in_range = field.range.as_ref().is_none_or(|range| {
        assert!(range.gt.is_none() && range.lt.is_none(), "{range:?}");
        let number = number as f64;
        range.gte.is_none_or(|least| number >= least) && range.lte.is_none_or(|most| number <= most)
    });
    is_match && is_in_range
}
