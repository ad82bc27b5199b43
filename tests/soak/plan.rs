//! Plan of each request: how it ends, and how its client behaves.

use std::time::Duration;

const SEED: u64 = 0x1CE_B00DA;

/// Time limits of layers, in milliseconds.
pub(crate) const TIME_LIMITS: [u64; 4] = [3, 15, 60, 500];

/// Behavior of a request and its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Commit,
    Reject {
        half_way: bool,
    },
    Panic {
        half_way: bool,
    },
    /// The database refuses the commit, because of a constraint that is checked then.
    Spoil,
    /// The connection to the database breaks before the commit.
    Lose,
    /// A layer around the endpoint ends it after a time.
    Hurry,
    Disconnect(Moment),
}

/// Moment at which a client disconnects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// In the middle of the request head.
    Sending,
    /// This long after the request head.
    After(Duration),
    /// After it has read the status line.
    Status,
}

impl Plan {
    /// Returns the plan of the request with that number. It is the same in each run.
    pub(crate) fn of(id: u64) -> Self {
        let random = random(SEED ^ id);
        let (percent, rest) = (random % 100, random / 100);
        let half_way = rest.is_multiple_of(2);
        match percent {
            0..52 => Self::Commit,
            52..60 => Self::Reject { half_way },
            60..66 => Self::Panic { half_way },
            66..69 => Self::Spoil,
            69..71 => Self::Lose,
            71..80 => Self::Hurry,
            _ => Self::Disconnect(match rest % 10 {
                0 => Moment::Sending,
                1 => Moment::Status,
                tier => {
                    let longest = [2_000, 8_000, 40_000, 160_000][usize::try_from(tier % 4).unwrap_or(0)];
                    Moment::After(Duration::from_micros(rest / 10 % longest))
                }
            }),
        }
    }

    pub(crate) fn path(self, id: u64) -> String {
        let ends = match self {
            Self::Hurry => {
                let limit = TIME_LIMITS[usize::try_from(id % 4).unwrap_or(0)];
                return format!("/hurried/{limit}/orders/{id}/keep");
            }
            Self::Commit | Self::Disconnect(_) => "keep",
            Self::Reject { half_way: false } => "reject",
            Self::Reject { half_way: true } => "reject-half-way",
            Self::Panic { half_way: false } => "panic",
            Self::Panic { half_way: true } => "panic-half-way",
            Self::Spoil => "spoil",
            Self::Lose => "lose",
        };
        format!("/orders/{id}/{ends}")
    }

    /// Returns whether a response with that status is right.
    pub(crate) fn expects(self, status: u16) -> bool {
        match self {
            Self::Commit | Self::Disconnect(_) => status == 200,
            Self::Reject { .. } => status == 409,
            // Of the constraint at the commit, or of the broken connection.
            Self::Spoil | Self::Lose => matches!(status, 409 | 503),
            Self::Panic { .. } => status == 500,
            Self::Hurry => matches!(status, 200 | 408),
        }
    }

    /// Returns whether the order may be stored, if that does not depend on the moment.
    pub(crate) fn is_stored(self) -> Option<bool> {
        match self {
            Self::Commit | Self::Disconnect(Moment::Status) => Some(true),
            Self::Hurry | Self::Disconnect(Moment::After(_)) => None,
            _ => Some(false),
        }
    }
}

/// `SplitMix64`.
fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
