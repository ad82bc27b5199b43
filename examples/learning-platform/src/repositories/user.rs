//! Users, in the transaction of the request.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{FromRow, Row as _, any::AnyRow};

use super::{StorageError, like::containing};
use crate::{
    core::{
        page::{Listed, Page},
        security::UserRole,
    },
    db::{RowExt as _, Tx},
    models::user::{NewUser, ProfileChange, User, UserFilter},
};

/// Keeps users.
#[repository(scope = request)]
pub struct UserRepository {
    tx: Tx,
}

/// Which users are listed, in SQL: a macro, since sqlx takes SQL only if it is a constant.
macro_rules! matching {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            // What is lower case is for the database to say, on both sides: SQLite knows it of ASCII alone.
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
    /// [`StorageError::Conflict`] if there is one with that email.
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
        Ok(query.fetch_one(&mut *self.tx.acquire().await?).await?)
    }

    /// The user with that number.
    pub async fn find(&mut self, id: i64) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// The user with that email, which is in lower case.
    pub async fn find_by_email(&mut self, email: &str) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email);
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// A page of the users that `filter` lets through, the oldest account first.
    pub async fn list(&mut self, filter: &UserFilter, page: Page) -> Result<Listed<User>, StorageError> {
        let search = filter.search.as_deref().map(containing);
        let role = filter.role.map(UserRole::as_str);
        let is_active = filter.is_active.map(i64::from);
        let mut connection = self.tx.acquire().await?;
        let total = sqlx::query_scalar(matching!("SELECT COUNT(*) FROM users", ""))
            .bind(search.as_deref())
            .bind(role)
            .bind(filter.grade_level)
            .bind(is_active)
            .fetch_one(&mut *connection)
            .await?;
        let items = sqlx::query_as(matching!("SELECT * FROM users", " ORDER BY id LIMIT $5 OFFSET $6"))
            .bind(search.as_deref())
            .bind(role)
            .bind(filter.grade_level)
            .bind(is_active)
            .bind(page.limit)
            .bind(page.offset)
            .fetch_all(&mut *connection)
            .await?;
        Ok(Listed { items, total })
    }

    /// Changes what a user may change of their own account; what is `None` stays as it is. `None` if there is no such user.
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
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// Gives a user another role. `None` if there is no such user.
    pub async fn set_role(&mut self, id: i64, role: UserRole) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("UPDATE users SET role = $2 WHERE id = $1 RETURNING *");
        let query = query.bind(id).bind(role.as_str());
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// Keeps a user from using their account, as of `now`, unless they could not use it before. `None` if there is no such user.
    pub async fn deactivate(&mut self, id: i64, now: Timestamp) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as(
            "UPDATE users SET deactivated_at = COALESCE(deactivated_at, $2) WHERE id = $1 RETURNING *",
        );
        let query = query.bind(id).bind(now.as_second());
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// How many admins there are who can use their accounts. Until the transaction ends, nobody else can make them more or fewer: without
    /// that, two admins could each take the other for the one who stays.
    pub async fn lock_admins(&mut self) -> Result<u64, StorageError> {
        // A change that changes nothing locks the rows in both databases; SQLite has no SELECT .. FOR UPDATE.
        let query =
            sqlx::query("UPDATE users SET role = role WHERE role = 'admin' AND deactivated_at IS NULL");
        Ok(query.execute(&mut *self.tx.acquire().await?).await?.rows_affected())
    }
}

impl FromRow<'_, AnyRow> for User {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            role: row.named("role", UserRole::from_name)?,
            grade_level: row.try_get("grade_level")?,
            password_hash: row.try_get("password_hash")?,
            created_at: row.time("created_at")?,
            deactivated_at: row.optional_time("deactivated_at")?,
        })
    }
}
