//! Refresh tokens, as they are kept.

use jiff::Timestamp;

/// What is kept of a token: its SHA-256. It is random, so nobody can guess it from that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDigest(String);

impl TokenDigest {
    /// A digest, as text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// As in the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first token of a family, which somebody gets who logs in.
#[derive(Clone, Debug)]
pub struct NewRefreshToken {
    /// What is kept of it.
    pub digest: TokenDigest,
    /// The name of the family: those that follow from the same login.
    pub family: String,
    /// Whose it is.
    pub user_id: i64,
    /// When it is no good any more.
    pub expires_at: Timestamp,
}

/// A token that is to take the place of another one.
#[derive(Clone, Debug)]
pub struct Successor {
    /// What is kept of it.
    pub digest: TokenDigest,
    /// When it is no good any more.
    pub expires_at: Timestamp,
}

/// How an exchange has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The successor is in its place.
    Rotated {
        /// Whose they are.
        user_id: i64,
    },
    /// It had been exchanged before. One of the two that have presented it has stolen it, and nobody knows which: the family has ended.
    Reused {
        /// Whose it was.
        user_id: i64,
    },
    /// There is no such token, or it has expired, or was revoked.
    Refused,
}
