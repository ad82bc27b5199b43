//! Rate limits of the endpoints that need no authentication.

use std::{
    fmt,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};
use inject_runtime::common;

use crate::config::AuthSettings;

/// Factor between the limit of an address for one account and the limit of an address for all accounts, because
/// several users, such as a school class, may share an address.
const ACCOUNTS_PER_ADDRESS: NonZero<u32> = NonZero::new(10).unwrap();

/// Number of counters from which on those with a full quota are removed.
const CLEANUP_THRESHOLD: usize = 10_000;

/// Rate limits of logins, registrations, and requests with a refresh token, by the address of the client. The counters
/// are in memory, so each process counts separately.
///
/// Every limit belongs to an address, and none to an account alone. A limit of an account would prevent that its
/// password is guessed from many addresses, but strangers could use it to lock the owner out. The guesses from many
/// addresses are limited by the [queue of the hashes](super::Passwords), and passwords have at least ten characters.
///
/// All attempts count, instead of only the failed ones, because the result of concurrent attempts is not known yet.
pub struct RateLimiter {
    /// Logins by address and account: an address cannot guess the password of an account.
    accounts: Limit<(Subscriber, String)>,
    /// Logins by address: an address cannot search for accounts with weak passwords.
    addresses: Limit<Subscriber>,
    registrations: Limit<Subscriber>,
    refreshes: Limit<Subscriber>,
}

#[common]
impl RateLimiter {
    /// Creates the limits of the settings.
    #[inject]
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "the container passes dependencies by value")]
    pub fn new(settings: Arc<AuthSettings>) -> Self {
        let logins = at_least_one(settings.login_attempts_per_minute);
        Self {
            accounts: Limit::per_minute(logins),
            addresses: Limit::per_minute(logins.saturating_mul(ACCOUNTS_PER_ADDRESS)),
            registrations: Limit::per_minute(at_least_one(settings.registrations_per_minute)),
            refreshes: Limit::per_minute(at_least_one(settings.refreshes_per_minute)),
        }
    }
}

impl RateLimiter {
    /// Counts a login attempt. Clients whose address is unknown share a limit.
    ///
    /// # Errors
    ///
    /// Returns the time to wait if the attempt exceeds a limit.
    pub fn login(&self, email: &str, client: Option<IpAddr>) -> Result<(), Duration> {
        let subscriber = Subscriber::of(client);
        self.addresses.count(&subscriber)?;
        self.accounts.count(&(subscriber, email.to_owned()))
    }

    /// Counts a registration.
    ///
    /// # Errors
    ///
    /// Returns the time to wait if the registration exceeds the limit.
    pub fn registration(&self, client: Option<IpAddr>) -> Result<(), Duration> {
        self.registrations.count(&Subscriber::of(client))
    }

    /// Counts a request with a refresh token.
    ///
    /// # Errors
    ///
    /// Returns the time to wait if the request exceeds the limit.
    pub fn refresh(&self, client: Option<IpAddr>) -> Result<(), Duration> {
        self.refreshes.count(&Subscriber::of(client))
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").finish_non_exhaustive()
    }
}

fn at_least_one(count: u32) -> NonZero<u32> {
    NonZero::new(count).unwrap_or(NonZero::<u32>::MIN)
}

/// Limit with a counter for each key.
struct Limit<K: Clone + Eq + Hash> {
    counters: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    /// Number of counters from which on the next cleanup runs.
    cleanup_at: AtomicUsize,
}

impl<K: Clone + Eq + Hash> Limit<K> {
    fn per_minute(count: NonZero<u32>) -> Self {
        Self {
            counters: DefaultKeyedRateLimiter::keyed(Quota::per_minute(count)),
            clock: DefaultClock::default(),
            cleanup_at: AtomicUsize::new(CLEANUP_THRESHOLD),
        }
    }

    fn count(&self, key: &K) -> Result<(), Duration> {
        if self.counters.len() >= self.cleanup_at.load(Ordering::Relaxed) {
            self.counters.retain_recent();
            // A cleanup reads all counters, so the next one is due when their number has doubled: many addresses at
            // once do not make every request slow.
            let next = (self.counters.len() * 2).max(CLEANUP_THRESHOLD);
            self.cleanup_at.store(next, Ordering::Relaxed);
        }
        self.counters.check_key(key).map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

/// Address that identifies a subscriber. An IPv6 subscriber usually has 2^64 addresses, so only the prefix counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Subscriber(Option<IpAddr>);

impl Subscriber {
    fn of(client: Option<IpAddr>) -> Self {
        Self(client.map(|address| match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
            v4 @ IpAddr::V4(_) => v4,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_minute: u32) -> RateLimiter {
        RateLimiter::new(Arc::new(AuthSettings {
            secret: String::new().into(),
            access_lifetime: Duration::from_secs(1),
            refresh_lifetime: Duration::from_secs(1),
            login_attempts_per_minute: per_minute,
            registrations_per_minute: per_minute,
            refreshes_per_minute: per_minute,
        }))
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_attempts_of_an_address_for_an_account_are_limited() {
        let limiter = limiter(2);
        assert_eq!(limiter.login("ada@example.org", Some(address(1))), Ok(()));
        assert_eq!(limiter.login("ada@example.org", Some(address(1))), Ok(()));
        let wait = limiter.login("ada@example.org", Some(address(1))).unwrap_err();
        assert!((Duration::from_secs(25)..=Duration::from_secs(30)).contains(&wait), "{wait:?}");
        assert_eq!(limiter.login("eve@example.org", Some(address(1))), Ok(()));
    }

    #[test]
    fn strangers_cannot_lock_an_account() {
        let limiter = limiter(2);
        for stranger in 1..=100 {
            while limiter.login("ada@example.org", Some(address(stranger))).is_ok() {}
        }
        assert_eq!(limiter.login("ada@example.org", Some(address(200))), Ok(()));
    }

    #[test]
    fn the_attempts_of_an_address_for_all_accounts_have_a_higher_limit() {
        let limiter = limiter(2);
        for attempt in 0..20 {
            assert_eq!(limiter.login(&format!("{attempt}@example.org"), Some(address(1))), Ok(()));
        }
        assert!(limiter.login("20@example.org", Some(address(1))).is_err());
        assert_eq!(limiter.login("20@example.org", Some(address(2))), Ok(()));
    }

    #[test]
    fn registrations_and_refreshes_are_limited_by_address() {
        let limiter = limiter(1);
        for client in [None, Some(address(1)), Some(address(2))] {
            assert_eq!(limiter.registration(client), Ok(()));
            assert!(limiter.registration(client).is_err());
            assert_eq!(limiter.refresh(client), Ok(()));
            assert!(limiter.refresh(client).is_err());
        }
    }

    #[test]
    fn counters_with_a_full_quota_are_removed() {
        // Full again after 60 ns, so that each cleanup removes almost all counters.
        let limit = Limit::per_minute(NonZero::<u32>::MAX);
        for key in 0..5 * CLEANUP_THRESHOLD {
            assert_eq!(limit.count(&key), Ok(()));
        }
        assert!(limit.counters.len() <= CLEANUP_THRESHOLD, "{}", limit.counters.len());
    }

    #[test]
    fn the_addresses_of_a_subscriber_share_a_limit() {
        let key = |text: &str| Subscriber::of(Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2::"));
        assert_ne!(key("2001:db8:1:3::"), key("2001:db8:1:2::"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.2"), key("192.0.2.1"));
    }
}
