//! Properties that all endpoints have.

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

on_each_database! {
    async fn an_unknown_path_is_answered_with_404(db: Database) {
        let app = TestApp::new(&db).await;
        let answer = app.get("/api/v1/nothing/of/the/kind").await;
        assert_eq!(answer.status, 404);
    }
}
