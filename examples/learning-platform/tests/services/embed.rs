//! Tests of the program `embed`.

use std::{
    path::Path,
    process::{Command, Output},
};

use jiff::Timestamp;
use learning_platform::{
    core::security::UserRole, db::Tx, models::content::NewChapter, repositories::content::ContentRepository,
};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

/// Runs the program with the settings of the test and a vector store in that folder.
async fn embed(db: &Database, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_embed"));
    command
        .args(arguments)
        // In this folder there is no `.env` file of a developer.
        .current_dir(folder)
        .env("PLATFORM_ENVIRONMENT", "test")
        .env("PLATFORM_DATABASE__URL", db.settings.database.url.expose_secret())
        .env("PLATFORM_RAG__VECTORS", folder.join("vectors.db"));
    tokio::task::spawn_blocking(move || command.output()).await.unwrap().expect("the program can be run")
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

on_each_database! {
    async fn the_program_embeds_stale_or_all_chapters(db: Database) {
        let author_id = TestApp::new(&db).await.create_user(UserRole::Teacher).await.id;
        let new = NewChapter {
            author_id,
            title: "Leaves".into(),
            summary: "A chapter.".into(),
            body: "Leaves eat light.".into(),
            grade_level: 5,
        };
        let published = Tx::run(&db.pool, async |tx| {
            let mut chapters = ContentRepository::new(tx.clone());
            let id = chapters.insert(&new, Timestamp::now()).await?.id;
            chapters.publish(id, Timestamp::now()).await
        });
        let id = published.await.unwrap().expect("a chapter").id;

        let folder = TempDir::new().unwrap();
        let one = format!("chapter {id}: 1 passages\n1 chapters processed, 1 passages embedded\n");
        assert_eq!(stdout(&embed(&db, folder.path(), &[]).await), one);
        assert_eq!(stdout(&embed(&db, folder.path(), &[]).await), "0 chapters processed, 0 passages embedded\n");
        assert_eq!(stdout(&embed(&db, folder.path(), &["--all"]).await), one);
    }
}

#[tokio::test]
async fn the_program_prints_its_usage() {
    Database::sqlite(async |db| {
        let folder = TempDir::new().unwrap();
        assert!(stdout(&embed(&db, folder.path(), &["--help"]).await).starts_with("usage: embed [--all]"));
        let output = embed(&db, folder.path(), &["--everything"]).await;
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("usage: embed [--all]"));
    })
    .await;
}
