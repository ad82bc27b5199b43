//! Tests of the service of users: permissions and roles.

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
    async fn the_last_admin_cannot_be_demoted_or_deactivated(db: Database) {
        let app = TestApp::new(&db).await;
        let (first, second) = (app.create_user(UserRole::Admin).await, app.create_user(UserRole::Admin).await);
        let by = proof(&first);
        let demote = async |id| {
            app.run(async |mut users: UserService| users.set_role(&by, id, UserRole::Teacher).await).await
        };
        let deactivate =
            async |id| app.run(async |mut users: UserService| users.deactivate(&by, id).await).await;
        deactivate(second.id).await.unwrap();
        assert!(matches!(demote(first.id).await, Err(ServiceError::Conflict(_))));
        assert!(matches!(deactivate(first.id).await, Err(ServiceError::Conflict(_))));
        // A deactivated admin can be demoted.
        demote(second.id).await.unwrap();
        assert!(matches!(demote(4711).await, Err(ServiceError::NotFound { kind: "user", id: 4711 })));
    }

    /// Without a lock, each transaction would count the other user as the remaining admin.
    async fn only_one_of_two_concurrent_demotions_succeeds(db: Database) {
        let app = TestApp::new(&db).await;
        let (first, second) = (app.create_user(UserRole::Admin).await, app.create_user(UserRole::Admin).await);
        let demote = async |by: &Account, of: &Account| {
            let by = proof(by);
            app.run(async |mut users: UserService| users.set_role(&by, of.id, UserRole::Student).await).await
        };
        let (one, two) = tokio::join!(demote(&first, &second), demote(&second, &first));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let error = one.err().or(two.err()).unwrap();
        assert!(matches!(error, ServiceError::Conflict(_)), "{error:?}");
    }

    async fn an_account_must_exist_and_be_active(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_student(7).await;
        let accounts: AccountService = app.container.resolve();
        let found = accounts.load_active(CurrentUser { id: student.id }).await.unwrap();
        assert_eq!(found.0, student.user);
        for id in [0, -1, 4711] {
            let unknown = accounts.load_active(CurrentUser { id }).await;
            assert!(matches!(unknown, Err(ServiceError::Credentials)));
        }
    }
}
