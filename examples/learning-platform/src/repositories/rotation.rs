//! A refresh token for its successor.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{AnyPool, Row as _};

use super::StorageError;
use crate::{
    db::Tx,
    models::token::{Rotation, Successor, TokenDigest},
};

/// Exchanges refresh tokens, each time in a transaction of its own.
///
/// A token that comes back ends its family, and the request is answered with 401: what was done in the transaction of the request would be
/// rolled back. Here it is no failure, but one of the ways in which an exchange ends, and is committed like the others.
#[repository]
pub struct RotationRepository {
    pool: AnyPool,
}

impl RotationRepository {
    /// Uses a token up, and puts `successor` into its place. Of two that present it at the same time, one is the thief.
    ///
    /// # Errors
    ///
    /// The database did not do it: the token can be used as before.
    pub async fn rotate(
        &self,
        presented: &TokenDigest,
        successor: &Successor,
        now: Timestamp,
    ) -> Result<Rotation, StorageError> {
        Tx::run(&self.pool, async |tx| {
            // First of all it writes: another exchange of this token waits here until this one is done, in both databases.
            let used = sqlx::query(
                "UPDATE refresh_tokens SET used_at = $2 \
                 WHERE digest = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2 RETURNING family, user_id",
            )
            .bind(presented.as_str())
            .bind(now.as_second())
            .fetch_optional(&mut *tx.acquire().await?)
            .await?;
            let Some(row) = used else {
                return revoke_if_used(tx, presented, now).await;
            };
            let (family, user_id): (String, i64) = (row.try_get("family")?, row.try_get("user_id")?);
            sqlx::query(
                "INSERT INTO refresh_tokens (digest, family, user_id, expires_at) VALUES ($1, $2, $3, $4)",
            )
            .bind(successor.digest.as_str())
            .bind(family)
            .bind(user_id)
            .bind(successor.expires_at.as_second())
            .execute(&mut *tx.acquire().await?)
            .await?;
            Ok(Rotation::Rotated { user_id })
        })
        .await
    }
}

/// The token is no good. If that is because it has been used, its family is in the wrong hands.
async fn revoke_if_used(
    tx: &mut Tx,
    presented: &TokenDigest,
    now: Timestamp,
) -> Result<Rotation, StorageError> {
    let owner: Option<i64> =
        sqlx::query_scalar("SELECT user_id FROM refresh_tokens WHERE digest = $1 AND used_at IS NOT NULL")
            .bind(presented.as_str())
            .fetch_optional(&mut *tx.acquire().await?)
            .await?;
    let Some(user_id) = owner else {
        return Ok(Rotation::Refused);
    };
    sqlx::query(
        "UPDATE refresh_tokens SET revoked_at = $2 \
         WHERE family = (SELECT family FROM refresh_tokens WHERE digest = $1) AND revoked_at IS NULL",
    )
    .bind(presented.as_str())
    .bind(now.as_second())
    .execute(&mut *tx.acquire().await?)
    .await?;
    Ok(Rotation::Reused { user_id })
}
