//! The container itself.

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
fn the_graph_shows_the_settings() {
    let graph = App::graph().to_mermaid();
    assert!(graph.contains("pool --> settings"), "{graph}");
}

/// What opens the same file does so one after the other: together, one of them finds it locked, now and then.
#[tokio::test]
async fn a_new_file_is_no_obstacle() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&format!("sqlite://{}", folder.path().join("new.db").display()));
        let app = App::builder(AppInputs { settings: Arc::new(settings) }).build().await.unwrap();
        app.shutdown().await.unwrap();
    }
}
