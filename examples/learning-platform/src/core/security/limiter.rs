//! Rate limiter for logins.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZero,
    sync::Arc,
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};
use inject_runtime::common;

use crate::config::AuthSettings;

/// Factor between the limit of an address and the limit of an account, because several users, such as a school class,
/// may share an address.
const ACCOUNTS_PER_ADDRESS: u32 = 10;

/// Number of entries from which on entries with a full quota are removed.
const CLEANUP_THRESHOLD: usize = 10_000;

/// Rate limiter for login attempts. The limit for each account prevents that a password is guessed. The limit for
/// each address prevents that accounts with weak passwords are found. The counters are in memory, so each process
/// counts separately.
///
/// It counts all attempts instead of only the failed ones, because the result of concurrent attempts is not known
/// yet.
pub struct LoginLimiter {
    accounts: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

#[common]
impl LoginLimiter {
    /// Creates a limiter with the limits of the settings.
    #[inject]
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "the container passes dependencies by value")]
    pub fn new(settings: Arc<AuthSettings>) -> Self {
        let attempts = NonZero::new(settings.login_attempts_per_minute).unwrap_or(NonZero::<u32>::MIN);
        let attempts_per_address =
            attempts.saturating_mul(const { NonZero::new(ACCOUNTS_PER_ADDRESS).unwrap() });
        Self {
            accounts: DefaultKeyedRateLimiter::keyed(Quota::per_minute(attempts)),
            addresses: DefaultKeyedRateLimiter::keyed(Quota::per_minute(attempts_per_address)),
            clock: DefaultClock::default(),
        }
    }
}

impl LoginLimiter {
    /// Counts an attempt.
    ///
    /// # Errors
    ///
    /// Returns the time to wait if the attempt exceeds a limit.
    pub fn check(&self, email: &str, client: Option<IpAddr>) -> Result<(), Duration> {
        if let Some(client) = client {
            allow(&self.addresses, &subscriber_address(client), &self.clock)?;
        }
        allow(&self.accounts, &email.to_owned(), &self.clock)
    }
}

fn allow<K: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    clock: &DefaultClock,
) -> Result<(), Duration> {
    if limiter.len() >= CLEANUP_THRESHOLD {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| not_until.wait_time_from(clock.now()))
}

/// Returns the address that identifies a subscriber. An IPv6 subscriber usually has 2^64 addresses, so only the
/// prefix counts.
fn subscriber_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(login_attempts_per_minute: u32) -> LoginLimiter {
        LoginLimiter::new(Arc::new(AuthSettings {
            secret: String::new().into(),
            access_lifetime: Duration::from_secs(1),
            refresh_lifetime: Duration::from_secs(1),
            login_attempts_per_minute,
        }))
    }

    #[test]
    fn the_attempts_for_an_account_are_limited() {
        let limiter = limiter(2);
        let client = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        assert_eq!(limiter.check("ada@example.org", client(1)), Ok(()));
        assert_eq!(limiter.check("ada@example.org", client(2)), Ok(()));
        let wait = limiter.check("ada@example.org", client(3)).unwrap_err();
        assert!((Duration::from_secs(25)..=Duration::from_secs(30)).contains(&wait), "{wait:?}");
        assert_eq!(limiter.check("eve@example.org", client(3)), Ok(()));
    }

    #[test]
    fn the_attempts_from_an_address_have_a_higher_limit() {
        let limiter = limiter(2);
        let client = Some(IpAddr::from([192, 0, 2, 1]));
        for attempt in 0..20 {
            assert_eq!(limiter.check(&format!("{attempt}@example.org"), client), Ok(()));
        }
        assert!(limiter.check("20@example.org", client).is_err());
        assert_eq!(
            limiter.check("20@example.org", None),
            Ok(()),
            "without an address, only the limit of the account applies"
        );
    }

    #[test]
    fn the_addresses_of_a_subscriber_share_a_limit() {
        let key = |text: &str| subscriber_address(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2::"));
        assert_ne!(key("2001:db8:1:3::"), key("2001:db8:1:2::"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.2"), key("192.0.2.1"));
    }
}
