//! Refresh tokens. The table contains digests, so that read access to it reveals no token.

use inject_runtime::repository;
use jiff::Timestamp;

use super::StorageError;
use crate::{
    db::Tx,
    models::token::{NewRefreshToken, TokenDigest},
};

/// Repository of refresh tokens, in the transaction of the request.
/// [`RotationRepository`](super::rotation::RotationRepository) exchanges them.
#[repository(scope = request)]
pub struct TokenRepository {
    tx: Tx,
}

impl TokenRepository {
    /// Adds a token.
    pub async fn insert(&mut self, token: &NewRefreshToken) -> Result<(), StorageError> {
        let query = sqlx::query(
            "INSERT INTO refresh_tokens (digest, family, user_id, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(token.digest.as_str())
        .bind(token.family.as_str())
        .bind(token.user_id)
        .bind(token.expires_at.as_second());
        query.execute(&mut self.tx).await?;
        Ok(())
    }

    /// Revokes the family of a token, and returns its owner, or `None` if the token does not exist.
    pub async fn revoke_family_of(
        &mut self,
        digest: &TokenDigest,
        now: Timestamp,
    ) -> Result<Option<i64>, StorageError> {
        let query = sqlx::query_scalar(
            "UPDATE refresh_tokens SET revoked_at = COALESCE(revoked_at, $2) \
             WHERE family = (SELECT family FROM refresh_tokens WHERE digest = $1) RETURNING user_id",
        );
        let query = query.bind(digest.as_str()).bind(now.as_second());
        let owners: Vec<i64> = query.fetch_all(&mut self.tx).await?;
        Ok(owners.first().copied())
    }

    /// Revokes all families of a user.
    pub async fn revoke_all_of(&mut self, user_id: i64, now: Timestamp) -> Result<(), StorageError> {
        let query = sqlx::query(
            "UPDATE refresh_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL",
        );
        let query = query.bind(user_id).bind(now.as_second());
        query.execute(&mut self.tx).await?;
        Ok(())
    }

    /// Deletes the expired tokens of a user, and returns their number.
    pub async fn delete_expired_of(&mut self, user_id: i64, now: Timestamp) -> Result<u64, StorageError> {
        let query = sqlx::query("DELETE FROM refresh_tokens WHERE user_id = $1 AND expires_at <= $2");
        let query = query.bind(user_id).bind(now.as_second());
        Ok(query.execute(&mut self.tx).await?.rows_affected())
    }
}
