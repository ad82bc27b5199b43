//! Tests of the service of accounts and sessions.

use std::sync::Arc;

use learning_platform::{
    adapters::mail::RecordingMailer,
    core::security::{Tokens, UserRole},
    services::{
        BoxFuture, ServiceError,
        auth::{AuthService, Registration},
        mailer::{Mail, MailError, Mailer},
    },
};

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

fn ada() -> Registration {
    Registration {
        email: "Ada@Example.org".to_owned(),
        name: "Ada".to_owned(),
        password: "correct horse".into(),
        grade_level: Some(7),
    }
}

/// Mailer that always fails.
struct BrokenMailer;

impl Mailer for BrokenMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(async { Err(MailError { to: mail.to, source: "the mail server is not available".into() }) })
    }
}

on_each_database! {
    async fn a_new_account_has_the_role_student(db: Database) {
        let app = TestApp::new(&db).await;
        let user = app.run(async |mut auth: AuthService| auth.register(ada(), None).await).await.unwrap();
        assert_eq!((&*user.email, &*user.name, user.role), ("ada@example.org", "Ada", UserRole::Student));
        assert!(user.is_active());
        assert!(user.password_hash.starts_with("$argon2id$"), "{}", user.password_hash);
    }

    async fn a_rollback_sends_no_welcome_mail(db: Database) {
        let mailer = Arc::new(RecordingMailer::new());
        let app = TestApp::with(&db, |builder| builder.mailer(mailer.clone())).await;
        let rolled_back = app.run(async |mut auth: AuthService| {
            auth.register(ada(), None).await?;
            Err::<(), _>(ServiceError::Forbidden("rolled back"))
        });
        assert!(matches!(rolled_back.await, Err(ServiceError::Forbidden("rolled back"))));
        assert_eq!(mailer.sent(), []);
        app.run(async |mut auth: AuthService| auth.register(ada(), None).await).await.unwrap();
        assert_eq!(mailer.sent().len(), 1);
    }

    async fn a_failed_welcome_mail_does_not_affect_the_account(db: Database) {
        let app = TestApp::with(&db, |builder| builder.mailer(Arc::new(BrokenMailer))).await;
        app.run(async |mut auth: AuthService| auth.register(ada(), None).await).await.unwrap();
        let session = app.run(async |mut auth: AuthService| {
            auth.login("ada@example.org", "correct horse".into(), None).await
        });
        session.await.unwrap();
    }

    async fn a_session_identifies_its_user(db: Database) {
        let app = TestApp::new(&db).await;
        let user = app.run(async |mut auth: AuthService| auth.register(ada(), None).await).await.unwrap();
        let login = app.run(async |mut auth: AuthService| {
            auth.login("ADA@example.org", "correct horse".into(), None).await
        });
        let session = login.await.unwrap();
        let tokens: Arc<Tokens> = app.container.resolve();
        assert_eq!(tokens.read(session.access.expose()).unwrap().id, user.id);
        assert!(session.refresh.expires_at > user.created_at);
    }

    /// The revocation is kept when the request fails.
    async fn a_family_stays_revoked_although_the_request_fails(db: Database) {
        let app = TestApp::new(&db).await;
        app.run(async |mut auth: AuthService| auth.register(ada(), None).await).await.unwrap();
        let login = app.run(async |mut auth: AuthService| {
            auth.login("ada@example.org", "correct horse".into(), None).await
        });
        let first = login.await.unwrap();
        let refresh = async |token: &str| app.run(async |mut auth: AuthService| auth.refresh(token, None).await).await;
        let second = refresh(first.refresh.expose()).await.unwrap();
        for token in [first.refresh.expose(), second.refresh.expose()] {
            assert!(matches!(refresh(token).await, Err(ServiceError::Credentials)));
        }
    }

    async fn a_deactivated_account_gets_no_new_tokens(db: Database) {
        let app = TestApp::new(&db).await;
        app.run(async |mut auth: AuthService| auth.register(ada(), None).await).await.unwrap();
        let login = async || {
            let login = async |mut auth: AuthService| auth.login("ada@example.org", "correct horse".into(), None).await;
            app.run(login).await
        };
        let session = login().await.unwrap();
        // Deactivates the account without revoking its tokens.
        sqlx::query("UPDATE users SET deactivated_at = 1").execute(&db.pool).await.unwrap();
        let refresh = app.run(async |mut auth: AuthService| auth.refresh(session.refresh.expose(), None).await);
        assert!(matches!(refresh.await, Err(ServiceError::Credentials)));
        assert!(matches!(login().await, Err(ServiceError::Credentials)));
    }

    async fn a_login_deletes_expired_tokens(db: Database) {
        let app = TestApp::new(&db).await;
        app.run(async |mut auth: AuthService| auth.register(ada(), None).await).await.unwrap();
        for _ in 0..2 {
            sqlx::query("UPDATE refresh_tokens SET expires_at = 1").execute(&db.pool).await.unwrap();
            let login = app.run(async |mut auth: AuthService| {
                auth.login("ada@example.org", "correct horse".into(), None).await
            });
            login.await.unwrap();
        }
        let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM refresh_tokens").fetch_one(&db.pool).await.unwrap();
        assert_eq!(kept, 1);
    }
}
