//! Tests of the repository of refresh tokens.

use jiff::{Timestamp, ToSpan as _};
use learning_platform::{
    core::security::UserRole,
    db::Tx,
    models::token::{NewRefreshToken, Rotation, Successor, TokenDigest},
    repositories::{rotation::RotationRepository, token::TokenRepository, user::UserRepository},
};

use crate::{
    on_each_database,
    support::{Database, new_user},
};

fn digest(name: &str) -> TokenDigest {
    TokenDigest::new(name.to_owned())
}

fn later() -> Timestamp {
    Timestamp::now() + 1.hour()
}

async fn insert_student(db: &Database) -> i64 {
    let insert = async |tx: &mut Tx| {
        UserRepository::new(tx.clone()).insert(new_user(UserRole::Student), Timestamp::now()).await
    };
    Tx::run(&db.pool, insert).await.unwrap().id
}

async fn insert(db: &Database, user_id: i64, name: &str, family: &str, expires_at: Timestamp) {
    let token = NewRefreshToken { digest: digest(name), family: family.to_owned(), user_id, expires_at };
    Tx::run(&db.pool, async |tx| TokenRepository::new(tx.clone()).insert(&token).await).await.unwrap();
}

async fn rotate(db: &Database, name: &str, successor: &str) -> Rotation {
    let successor = Successor { digest: digest(successor), expires_at: later() };
    let rotation = RotationRepository::new(db.pool.clone());
    rotation.rotate(&digest(name), &successor, Timestamp::now()).await.unwrap()
}

on_each_database! {
    async fn a_token_is_exchanged_once(db: Database) {
        let user_id = insert_student(&db).await;
        insert(&db, user_id, "a1", "a", later()).await;
        assert_eq!(rotate(&db, "a1", "a2").await, Rotation::Rotated { user_id });
        assert_eq!(rotate(&db, "a2", "a3").await, Rotation::Rotated { user_id });
        assert_eq!(rotate(&db, "unknown", "a4").await, Rotation::Rejected);
    }

    async fn a_reused_token_revokes_only_its_family(db: Database) {
        let user_id = insert_student(&db).await;
        insert(&db, user_id, "a1", "a", later()).await;
        insert(&db, user_id, "b1", "b", later()).await;
        rotate(&db, "a1", "a2").await;
        assert_eq!(rotate(&db, "a1", "stolen").await, Rotation::Reused { user_id });
        assert_eq!(rotate(&db, "a2", "a3").await, Rotation::Rejected);
        assert_eq!(rotate(&db, "stolen", "a3").await, Rotation::Rejected, "the token was never inserted");
        assert_eq!(rotate(&db, "b1", "b2").await, Rotation::Rotated { user_id });
    }

    /// Both exchanges wait for the same row, or for the same database.
    async fn only_one_of_two_concurrent_exchanges_succeeds(db: Database) {
        let user_id = insert_student(&db).await;
        insert(&db, user_id, "a1", "a", later()).await;
        let (one, two) = tokio::join!(rotate(&db, "a1", "a2"), rotate(&db, "a1", "a3"));
        let mut both = [one, two];
        both.sort_by_key(|rotation| matches!(rotation, Rotation::Reused { .. }));
        assert_eq!(both, [Rotation::Rotated { user_id }, Rotation::Reused { user_id }]);
    }

    async fn an_expired_token_is_rejected(db: Database) {
        let user_id = insert_student(&db).await;
        insert(&db, user_id, "a1", "a", Timestamp::now() - 1.second()).await;
        assert_eq!(rotate(&db, "a1", "a2").await, Rotation::Rejected);
    }

    async fn a_family_can_be_revoked(db: Database) {
        let (user_id, other) = (insert_student(&db).await, insert_student(&db).await);
        for (name, family) in [("a1", "a"), ("b1", "b")] {
            insert(&db, user_id, name, family, later()).await;
        }
        insert(&db, other, "c1", "c", later()).await;
        let revoke = async |name: &str| {
            let name = digest(name);
            let revoke = async |tx: &mut Tx| {
                TokenRepository::new(tx.clone()).revoke_family_of(&name, Timestamp::now()).await
            };
            Tx::run(&db.pool, revoke).await.unwrap()
        };
        rotate(&db, "a1", "a2").await;
        assert_eq!(revoke("a1").await, Some(user_id));
        assert_eq!(revoke("unknown").await, None);
        assert_eq!(rotate(&db, "a2", "a3").await, Rotation::Rejected);
        assert_eq!(rotate(&db, "b1", "b2").await, Rotation::Rotated { user_id });
        let all = async |tx: &mut Tx| TokenRepository::new(tx.clone()).revoke_all_of(user_id, Timestamp::now()).await;
        Tx::run(&db.pool, all).await.unwrap();
        assert_eq!(rotate(&db, "b2", "b3").await, Rotation::Rejected);
        assert_eq!(rotate(&db, "c1", "c2").await, Rotation::Rotated { user_id: other });
    }

    async fn expired_tokens_can_be_deleted(db: Database) {
        let (user_id, other) = (insert_student(&db).await, insert_student(&db).await);
        let now = Timestamp::now();
        insert(&db, user_id, "a1", "a", now).await;
        insert(&db, user_id, "b1", "b", later()).await;
        insert(&db, other, "c1", "c", now).await;
        let delete = async |tx: &mut Tx| TokenRepository::new(tx.clone()).delete_expired_of(user_id, now).await;
        assert_eq!(Tx::run(&db.pool, delete).await.unwrap(), 1);
        assert_eq!(Tx::run(&db.pool, delete).await.unwrap(), 0);
        assert_eq!(rotate(&db, "b1", "b2").await, Rotation::Rotated { user_id });
    }
}
