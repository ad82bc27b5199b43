//! Exchange of refresh tokens.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{AnyPool, Row as _};

use super::StorageError;
use crate::{
    db::Tx,
    models::token::{Rotation, Successor, TokenDigest},
};

/// Repository that exchanges refresh tokens, each in a separate transaction.
///
/// If a token is reused, its family is revoked, and the response is 401. A 401 rolls back the transaction of the
/// request, and the revocation with it. In a separate transaction the revocation is an ordinary result, which is
/// committed.
#[repository]
pub struct RotationRepository {
    pool: AnyPool,
}

impl RotationRepository {
    /// Marks a token as used, and inserts `successor`. If two requests present the token at the same time, only the
    /// first succeeds.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. The token remains valid.
    pub async fn rotate(
        &self,
        presented: &TokenDigest,
        successor: &Successor,
        now: Timestamp,
    ) -> Result<Rotation, StorageError> {
        Tx::run(&self.pool, async |tx| {
            // The transaction writes first, so that a concurrent exchange of this token waits until it ends, in both
            // databases.
            let used = sqlx::query(
                "UPDATE refresh_tokens SET used_at = $2 \
                 WHERE digest = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2 RETURNING family, user_id",
            )
            .bind(presented.as_str())
            .bind(now.as_second())
            .fetch_optional(&mut *tx)
            .await?;
            let Some(row) = used else {
                return revoke_if_reused(tx, presented, now).await;
            };
            let (family, user_id): (String, i64) = (row.try_get("family")?, row.try_get("user_id")?);
            sqlx::query(
                "INSERT INTO refresh_tokens (digest, family, user_id, expires_at) VALUES ($1, $2, $3, $4)",
            )
            .bind(successor.digest.as_str())
            .bind(family)
            .bind(user_id)
            .bind(successor.expires_at.as_second())
            .execute(tx)
            .await?;
            Ok(Rotation::Rotated { user_id })
        })
        .await
    }
}

/// Handles an invalid token. If the token was used before, its family is compromised, and is revoked.
async fn revoke_if_reused(
    tx: &mut Tx,
    presented: &TokenDigest,
    now: Timestamp,
) -> Result<Rotation, StorageError> {
    let owner: Option<i64> =
        sqlx::query_scalar("SELECT user_id FROM refresh_tokens WHERE digest = $1 AND used_at IS NOT NULL")
            .bind(presented.as_str())
            .fetch_optional(&mut *tx)
            .await?;
    let Some(user_id) = owner else {
        return Ok(Rotation::Rejected);
    };
    sqlx::query(
        "UPDATE refresh_tokens SET revoked_at = $2 \
         WHERE family = (SELECT family FROM refresh_tokens WHERE digest = $1) AND revoked_at IS NULL",
    )
    .bind(presented.as_str())
    .bind(now.as_second())
    .execute(tx)
    .await?;
    Ok(Rotation::Reused { user_id })
}
