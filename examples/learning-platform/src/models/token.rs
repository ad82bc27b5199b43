//! Refresh tokens, as they are stored.

use jiff::Timestamp;

/// Digest of a token (SHA-256), which is stored instead of the token. Tokens are random, so they cannot be guessed
/// from their digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDigest(String);

impl TokenDigest {
    /// Creates a digest from its text form.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the text form, as in the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// First token of a family, which a login creates.
#[derive(Clone, Debug)]
pub struct NewRefreshToken {
    /// Digest of the token.
    pub digest: TokenDigest,
    /// Name of the family: all tokens that follow from one login.
    pub family: String,
    /// Id of the owner.
    pub user_id: i64,
    /// Time at which the token expires.
    pub expires_at: Timestamp,
}

/// Token that replaces another one.
#[derive(Clone, Debug)]
pub struct Successor {
    /// Digest of the token.
    pub digest: TokenDigest,
    /// Time at which the token expires.
    pub expires_at: Timestamp,
}

/// Result of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The token was replaced by its successor.
    Rotated {
        /// Id of the owner.
        user_id: i64,
    },
    /// The token had been exchanged before. One of the two clients that presented it has stolen it, and it is unknown
    /// which one, so the family was revoked.
    Reused {
        /// Id of the owner.
        user_id: i64,
    },
    /// The token does not exist, has expired, or was revoked.
    Rejected,
}
