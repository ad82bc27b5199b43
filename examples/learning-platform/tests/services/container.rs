//! The container itself.

use learning_platform::app::App;

use crate::{
    on_each_database,
    support::{Database, TestApp},
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
