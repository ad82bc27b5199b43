//! How often somebody may try to log in.

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

/// From one address, others may be trying as well: a class, say.
const ACCOUNTS_BEHIND_AN_ADDRESS: u32 = 10;

/// From that many on, those are forgotten who may try as often as anybody.
const REMEMBERED: usize = 10_000;

/// Counts who tries to log in: for each account, so that nobody can guess a password, and for each address, so that nobody can guess who
/// has a bad one. In memory, so each process counts for itself.
///
/// It counts all attempts, and not the wrong ones: those that are made at the same time are not known to be wrong yet.
pub struct LoginLimiter {
    accounts: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

#[common]
impl LoginLimiter {
    /// With the limits in the settings.
    #[inject]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the container hands out what is asked for, and no references"
    )]
    pub fn new(settings: Arc<AuthSettings>) -> Self {
        let attempts = NonZero::new(settings.login_attempts_per_minute).unwrap_or(NonZero::<u32>::MIN);
        let more = attempts.saturating_mul(const { NonZero::new(ACCOUNTS_BEHIND_AN_ADDRESS).unwrap() });
        Self {
            accounts: DefaultKeyedRateLimiter::keyed(Quota::per_minute(attempts)),
            addresses: DefaultKeyedRateLimiter::keyed(Quota::per_minute(more)),
            clock: DefaultClock::default(),
        }
    }
}

impl LoginLimiter {
    /// Counts an attempt.
    ///
    /// # Errors
    ///
    /// It is one too many: how long to wait.
    pub fn check(&self, email: &str, client: Option<IpAddr>) -> Result<(), Duration> {
        if let Some(client) = client {
            allow(&self.addresses, &subscriber(client), &self.clock)?;
        }
        allow(&self.accounts, &email.to_owned(), &self.clock)
    }
}

fn allow<K: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    clock: &DefaultClock,
) -> Result<(), Duration> {
    if limiter.len() >= REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| not_until.wait_time_from(clock.now()))
}

/// Who has an IPv6 address has 2^64 of them.
fn subscriber(address: IpAddr) -> IpAddr {
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
    fn an_account_can_be_tried_so_often() {
        let limiter = limiter(2);
        let client = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        assert_eq!(limiter.check("ada@example.org", client(1)), Ok(()));
        assert_eq!(limiter.check("ada@example.org", client(2)), Ok(()));
        let wait = limiter.check("ada@example.org", client(3)).unwrap_err();
        assert!((Duration::from_secs(25)..=Duration::from_secs(30)).contains(&wait), "{wait:?}");
        assert_eq!(limiter.check("eve@example.org", client(3)), Ok(()));
    }

    #[test]
    fn an_address_can_try_more_often_but_not_everybody() {
        let limiter = limiter(2);
        let client = Some(IpAddr::from([192, 0, 2, 1]));
        for attempt in 0..20 {
            assert_eq!(limiter.check(&format!("{attempt}@example.org"), client), Ok(()));
        }
        assert!(limiter.check("20@example.org", client).is_err());
        assert_eq!(limiter.check("20@example.org", None), Ok(()), "without an address, the account counts");
    }

    #[test]
    fn the_addresses_of_a_subscriber_are_one() {
        let of = |text: &str| subscriber(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2::"));
        assert_ne!(of("2001:db8:1:3::"), of("2001:db8:1:2::"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.2"), of("192.0.2.1"));
    }
}
