//! Tests of the repository of users.

use jiff::Timestamp;
use learning_platform::{
    core::{page::Page, security::UserRole},
    db::Tx,
    models::user::{NewUser, ProfileChange, User, UserFilter},
    repositories::{StorageError, account::AccountRepository, user::UserRepository},
};

use crate::{
    on_each_database,
    support::{Database, new_user},
};

async fn insert(db: &Database, user: NewUser) -> User {
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    let insert = Tx::run(&db.pool, async |tx| UserRepository::new(tx.clone()).insert(user, now).await);
    insert.await.unwrap()
}

fn repository(db: &Database) -> (UserRepository, Tx) {
    let tx = Tx::new(db.pool.clone());
    (UserRepository::new(tx.clone()), tx)
}

on_each_database! {
    async fn an_inserted_user_can_be_found(db: Database) {
        let new = NewUser { grade_level: Some(7), name: "Žofie 🦉".to_owned(), ..new_user(UserRole::Student) };
        let user = insert(&db, new.clone()).await;
        assert_eq!((&user.email, &user.name, user.role), (&new.email, &new.name, new.role));
        assert_eq!((user.grade_level, &user.password_hash), (Some(7), &new.password_hash));
        assert_eq!((user.created_at.as_second(), user.deactivated_at), (1_700_000_000, None));

        let (mut users, _tx) = repository(&db);
        assert_eq!(users.find(user.id).await.unwrap().as_ref(), Some(&user));
        assert_eq!(users.find_by_email(&user.email).await.unwrap().as_ref(), Some(&user));
        assert_eq!(users.find(user.id + 1).await.unwrap(), None);
        assert_eq!(users.find_by_email("nobody@example.org").await.unwrap(), None);
        let accounts = AccountRepository::new(db.pool);
        assert_eq!(accounts.find(user.id).await.unwrap().as_ref(), Some(&user));
        assert_eq!(accounts.find_by_email(&user.email).await.unwrap(), Some(user));
        assert_eq!(accounts.find(0).await.unwrap(), None);
    }

    async fn a_duplicate_email_address_is_a_conflict(db: Database) {
        let user = insert(&db, new_user(UserRole::Student)).await;
        let again = NewUser { email: user.email, ..new_user(UserRole::Teacher) };
        let (mut users, _tx) = repository(&db);
        let error = users.insert(again, Timestamp::now()).await.unwrap_err();
        assert!(matches!(error, StorageError::Conflict(_)), "{error:?}");
    }

    async fn a_rollback_removes_the_inserted_user(db: Database) {
        let (mut users, tx) = repository(&db);
        let user = users.insert(new_user(UserRole::Student), Timestamp::now()).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(AccountRepository::new(db.pool).find(user.id).await.unwrap(), None);
    }

    async fn a_change_affects_only_its_fields(db: Database) {
        let other = insert(&db, new_user(UserRole::Student)).await;
        let user = insert(&db, NewUser { grade_level: Some(7), ..new_user(UserRole::Student) }).await;
        let (mut users, _tx) = repository(&db);

        let change = ProfileChange { name: Some("Ada".to_owned()), grade_level: None };
        let named = users.update_profile(user.id, change).await.unwrap().unwrap();
        assert_eq!(named, User { name: "Ada".to_owned(), ..user.clone() });
        let change = ProfileChange { name: None, grade_level: Some(8) };
        let older = users.update_profile(user.id, change).await.unwrap().unwrap();
        assert_eq!(older, User { grade_level: Some(8), ..named });
        let same = users.update_profile(user.id, ProfileChange::default()).await.unwrap().unwrap();
        assert_eq!(same, older);

        let teacher = users.set_role(user.id, UserRole::Teacher).await.unwrap().unwrap();
        assert_eq!(teacher, User { role: UserRole::Teacher, ..older });
        let (first, second) = (Timestamp::from_second(5).unwrap(), Timestamp::from_second(6).unwrap());
        let closed = users.deactivate(user.id, first).await.unwrap().unwrap();
        assert_eq!(closed, User { deactivated_at: Some(first), ..teacher });
        assert_eq!(users.deactivate(user.id, second).await.unwrap().unwrap(), closed, "the first time is kept");

        assert_eq!(users.find(other.id).await.unwrap(), Some(other));
        assert_eq!(users.update_profile(0, ProfileChange::default()).await.unwrap(), None);
        assert_eq!(users.set_role(0, UserRole::Admin).await.unwrap(), None);
        assert_eq!(users.deactivate(0, first).await.unwrap(), None);
    }

    async fn a_list_is_filtered_and_paged(db: Database) {
        let mut ids = Vec::new();
        for (name, role, grade_level) in [
            ("Ada_L", UserRole::Student, Some(7)),
            ("Bob", UserRole::Student, Some(8)),
            ("AdaXL", UserRole::Teacher, None),
            (r"C\o", UserRole::Admin, None),
        ] {
            let new = NewUser { name: name.to_owned(), grade_level, ..new_user(role) };
            ids.push(insert(&db, new).await.id);
        }
        let (mut users, _tx) = repository(&db);
        users.deactivate(ids[1], Timestamp::now()).await.unwrap();
        let search = |text: &str| UserFilter { search: Some(text.to_owned()), ..UserFilter::default() };
        let role = |role| UserFilter { role: Some(role), ..UserFilter::default() };
        let grade = |grade_level| UserFilter { grade_level: Some(grade_level), ..UserFilter::default() };
        let active = |is_active| UserFilter { is_active: Some(is_active), ..UserFilter::default() };
        for (filter, expected) in [
            (UserFilter::default(), &[0, 1, 2, 3][..]),
            (search("ADA"), &[0, 2]),
            (search("ada_"), &[0]),
            (search("%"), &[]),
            (search(r"c\"), &[3]),
            (search("Example.ORG"), &[0, 1, 2, 3]),
            (search("'; DROP TABLE users; --"), &[]),
            (role(UserRole::Student), &[0, 1]),
            (grade(8), &[1]),
            (active(true), &[0, 2, 3]),
            (active(false), &[1]),
            (UserFilter { role: Some(UserRole::Student), ..active(true) }, &[0]),
            (UserFilter { grade_level: Some(7), ..search("bob") }, &[]),
        ] {
            let list = users.list(&filter, Page::default()).await.unwrap();
            let found: Vec<_> = list.items.iter().map(|user| user.id).collect();
            let expected: Vec<_> = expected.iter().map(|&index| ids[index]).collect();
            assert_eq!((list.total, &found), (i64::try_from(found.len()).unwrap(), &expected), "{filter:?}");
        }
        let page = users.list(&UserFilter::default(), Page { limit: 2, offset: 1 }).await.unwrap();
        assert_eq!((page.items.iter().map(|user| user.id).collect::<Vec<_>>(), page.total), (ids[1..3].to_vec(), 4));
        let beyond = users.list(&UserFilter::default(), Page { limit: 2, offset: 9 }).await.unwrap();
        assert_eq!((beyond.items, beyond.total), (Vec::new(), 4));
    }

    async fn active_admins_are_counted(db: Database) {
        let first = insert(&db, new_user(UserRole::Admin)).await;
        insert(&db, new_user(UserRole::Admin)).await;
        insert(&db, new_user(UserRole::Teacher)).await;
        let (mut users, _tx) = repository(&db);
        assert_eq!(users.lock_admins().await.unwrap(), 2);
        users.deactivate(first.id, Timestamp::now()).await.unwrap();
        assert_eq!(users.lock_admins().await.unwrap(), 1);
    }
}
