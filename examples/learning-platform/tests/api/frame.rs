//! What holds of all endpoints.

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

on_each_database! {
    async fn there_is_nothing_where_nothing_is(db: Database) {
        let app = TestApp::new(&db).await;
        let answer = app.get("/api/v1/nothing/of/the/kind").await;
        assert_eq!(answer.status, 404);
    }
}
