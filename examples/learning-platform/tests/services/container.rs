//! Tests of the container itself.

use std::sync::Arc;

use learning_platform::app::{App, AppInputs};

use crate::{
    on_each_database,
    support::{Database, TestApp, settings},
};

on_each_database! {
    async fn the_application_starts_and_stops(db: Database) {
        let app = TestApp::new(&db).await;
        app.container.shutdown().await.unwrap();
    }
}

#[test]
fn the_graph_contains_the_edge_from_the_pool_to_the_settings() {
    let graph = App::graph().to_mermaid();
    assert!(graph.contains("pool --> settings"), "{graph}");
}

/// The pools that open the same file start one after the other. If they started concurrently, one of them would
/// sometimes find the file locked.
#[tokio::test]
async fn the_application_starts_with_a_new_database_file() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&format!("sqlite://{}", folder.path().join("new.db").display()));
        let app = App::builder(AppInputs { settings: Arc::new(settings) }).build().await.unwrap();
        app.shutdown().await.unwrap();
    }
}
