//! Users, in the transaction of the request.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{FromRow, Row as _, any::AnyRow};

use super::{StorageError, like::contains_pattern};
use crate::{
    core::{
        page::{ListPage, Page},
        security::UserRole,
    },
    db::{RowExt as _, Tx},
    models::user::{NewUser, ProfileChange, User, UserFilter},
};

/// Repository of users.
#[repository(scope = request)]
pub struct UserRepository {
    tx: Tx,
}

/// Common part of the list and its count. It is a macro because sqlx accepts only constant SQL.
macro_rules! filtered {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            // Both sides use the `LOWER` of the database, because SQLite converts ASCII letters only.
            r" WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(name) LIKE LOWER($1) ESCAPE '\' OR email LIKE LOWER($1) ESCAPE '\')",
            " AND (CAST($2 AS TEXT) IS NULL OR role = $2)",
            " AND (CAST($3 AS BIGINT) IS NULL OR grade_level = $3)",
            " AND (CAST($4 AS BIGINT) IS NULL OR ($4 = 1) = (deactivated_at IS NULL))",
            $after,
        )
    };
}

impl UserRepository {
    /// Adds a user.
    ///
    /// # Errors
    ///
    /// Returns [`StorageError::Conflict`] if a user with that email address exists.
    pub async fn insert(&mut self, user: NewUser, now: Timestamp) -> Result<User, StorageError> {
        let query = sqlx::query_as(
            "INSERT INTO users (email, name, role, grade_level, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
        )
        .bind(user.email)
        .bind(user.name)
        .bind(user.role.as_str())
        .bind(user.grade_level)
        .bind(user.password_hash)
        .bind(now.as_second());
        Ok(query.fetch_one(&mut self.tx).await?)
    }

    /// Returns the user with that id.
    pub async fn find(&mut self, id: i64) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Returns the user with that email address, which must be in lower case.
    pub async fn find_by_email(&mut self, email: &str) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Returns a page of the users that match `filter`, oldest account first.
    pub async fn list(&mut self, filter: &UserFilter, page: Page) -> Result<ListPage<User>, StorageError> {
        let search = filter.search.as_deref().map(contains_pattern);
        let role = filter.role.map(UserRole::as_str);
        let is_active = filter.is_active.map(i64::from);
        let mut connection = self.tx.acquire().await?;
        let total = sqlx::query_scalar(filtered!("SELECT COUNT(*) FROM users", ""))
            .bind(search.as_deref())
            .bind(role)
            .bind(filter.grade_level)
            .bind(is_active)
            .fetch_one(&mut *connection)
            .await?;
        let items = sqlx::query_as(filtered!("SELECT * FROM users", " ORDER BY id LIMIT $5 OFFSET $6"))
            .bind(search.as_deref())
            .bind(role)
            .bind(filter.grade_level)
            .bind(is_active)
            .bind(page.limit)
            .bind(page.offset)
            .fetch_all(&mut *connection)
            .await?;
        Ok(ListPage { items, total })
    }

    /// Changes the profile of a user. A field that is `None` is unchanged. Returns `None` if the user does not exist.
    pub async fn update_profile(
        &mut self,
        id: i64,
        change: ProfileChange,
    ) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as(
            "UPDATE users SET name = COALESCE($2, name), grade_level = COALESCE($3, grade_level) WHERE id = $1 RETURNING *",
        )
        .bind(id)
        .bind(change.name)
        .bind(change.grade_level);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Changes the role of a user. Returns `None` if the user does not exist.
    pub async fn set_role(&mut self, id: i64, role: UserRole) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("UPDATE users SET role = $2 WHERE id = $1 RETURNING *");
        let query = query.bind(id).bind(role.as_str());
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Deactivates a user as of `now`. Has no effect on an account that is already deactivated. Returns `None` if the
    /// user does not exist.
    pub async fn deactivate(&mut self, id: i64, now: Timestamp) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as(
            "UPDATE users SET deactivated_at = COALESCE(deactivated_at, $2) WHERE id = $1 RETURNING *",
        );
        let query = query.bind(id).bind(now.as_second());
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Returns the number of active admins, and locks them until the transaction ends. Without the lock, two admins
    /// could deactivate each other at the same time, and none would remain.
    pub async fn lock_admins(&mut self) -> Result<u64, StorageError> {
        // An update without a change locks the rows in both databases. SQLite does not support `SELECT .. FOR
        // UPDATE`.
        let query =
            sqlx::query("UPDATE users SET role = role WHERE role = 'admin' AND deactivated_at IS NULL");
        Ok(query.execute(&mut self.tx).await?.rows_affected())
    }
}

impl FromRow<'_, AnyRow> for User {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            role: row.parse("role", UserRole::from_name)?,
            grade_level: row.try_get("grade_level")?,
            password_hash: row.try_get("password_hash")?,
            created_at: row.time("created_at")?,
            deactivated_at: row.optional_time("deactivated_at")?,
        })
    }
}
