//! Users, and who may do what to them.

use inject_runtime::Authorized;
use learning_platform::{
    core::security::{ActiveUser, CurrentUser, UserRole, roles},
    services::{ServiceError, account::AccountService, user::UserService},
};

use crate::{
    on_each_database,
    support::{Account, Database, TestApp},
};

fn proof(account: &Account) -> Authorized<roles::Admin> {
    Authorized::check(ActiveUser(account.user.clone())).expect("an admin")
}

on_each_database! {
    async fn the_last_admin_stays(db: Database) {
        let app = TestApp::new(&db).await;
        let (first, second) = (app.as_user(UserRole::Admin).await, app.as_user(UserRole::Admin).await);
        let by = proof(&first);
        let demote = async |id| {
            app.run(async |mut users: UserService| users.set_role(&by, id, UserRole::Teacher).await).await
        };
        let deactivate =
            async |id| app.run(async |mut users: UserService| users.deactivate(&by, id).await).await;
        deactivate(second.id).await.unwrap();
        assert!(matches!(demote(first.id).await, Err(ServiceError::Conflict(_))));
        assert!(matches!(deactivate(first.id).await, Err(ServiceError::Conflict(_))));
        // One who is out already can be what they like.
        demote(second.id).await.unwrap();
        assert!(matches!(demote(4711).await, Err(ServiceError::NotFound { what: "user", id: 4711 })));
    }

    /// Each takes the other for the one who stays.
    async fn of_two_admins_who_demote_each_other_one_stays(db: Database) {
        let app = TestApp::new(&db).await;
        let (first, second) = (app.as_user(UserRole::Admin).await, app.as_user(UserRole::Admin).await);
        let demote = async |by: &Account, of: &Account| {
            let by = proof(by);
            app.run(async |mut users: UserService| users.set_role(&by, of.id, UserRole::Student).await).await
        };
        let (one, two) = tokio::join!(demote(&first, &second), demote(&second, &first));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let error = one.err().or(two.err()).unwrap();
        assert!(matches!(error, ServiceError::Conflict(_)), "{error:?}");
    }

    async fn who_is_asked_for_has_to_be_there_and_active(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.as_student_of(7).await;
        let accounts: AccountService = app.container.resolve();
        let found = accounts.active(CurrentUser { id: student.id }).await.unwrap();
        assert_eq!(found.0, student.user);
        for id in [0, -1, 4711] {
            let unknown = accounts.active(CurrentUser { id }).await;
            assert!(matches!(unknown, Err(ServiceError::Credentials)));
        }
    }
}
