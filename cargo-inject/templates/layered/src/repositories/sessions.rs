//! Sessions.

use inject_runtime::repository;

use crate::database::Tx;

/// Repository of sessions, by the digests of their tokens.
#[repository(scope = request)]
pub struct SessionRepository {
    tx: Tx,
}

impl SessionRepository {
    pub(crate) async fn insert(
        &mut self,
        digest: &[u8],
        user_id: i64,
        expires_at: i64,
    ) -> sqlx::Result<()> {
        let query = "INSERT INTO sessions (token_digest, user_id, expires_at) VALUES ($1, $2, $3)";
        let query = sqlx::query(query)
            .bind(digest)
            .bind(user_id)
            .bind(expires_at);
        query.execute(&mut self.tx).await?;
        Ok(())
    }

    pub(crate) async fn remove(&mut self, digest: &[u8]) -> sqlx::Result<()> {
        let query = sqlx::query("DELETE FROM sessions WHERE token_digest = $1").bind(digest);
        query.execute(&mut self.tx).await?;
        Ok(())
    }
}
