//! Attempts to answer a request, of which a conflict may require several.

use std::{
    cell::Cell,
    hash::{BuildHasher as _, RandomState},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use crate::boxed::BoxFuture;

thread_local! {
    /// Whether another attempt may follow the one that is polled on this thread.
    static MAY_BE_REPEATED: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether another attempt may follow the current one: a conflict is then no error yet.
pub(crate) fn may_be_repeated() -> bool {
    MAY_BE_REPEATED.get()
}

/// Attempt that another one may follow.
pub(crate) struct Attempt<T> {
    future: BoxFuture<'static, T>,
    may_be_repeated: bool,
}

impl<T> Attempt<T> {
    pub(crate) const fn new(future: BoxFuture<'static, T>, may_be_repeated: bool) -> Self {
        Self { future, may_be_repeated }
    }
}

impl<T> Future for Attempt<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        /// Restores the state, also after a panic.
        struct Before(bool);

        impl Drop for Before {
            fn drop(&mut self) {
                MAY_BE_REPEATED.set(self.0);
            }
        }

        let _before = Before(MAY_BE_REPEATED.replace(self.may_be_repeated));
        self.future.as_mut().poll(cx)
    }
}

/// Waits before an attempt: longer before each further one, and not as long as others that have failed at the same time.
pub(crate) async fn back_off(attempt: u32) {
    tokio::time::sleep(delay(attempt, RandomState::new().hash_one(attempt))).await;
}

/// Returns the delay before the attempt with this number, the first of which is 1: from half to one and a half of 5 ms, of 10 ms,
/// and so on up to 320 ms.
fn delay(attempt: u32, random: u64) -> Duration {
    let mean = 5_000 << attempt.saturating_sub(1).min(6);
    Duration::from_micros(mean / 2 + random % mean)
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn delays_grow_up_to_a_limit_and_are_spread() {
        assert_eq!(delay(1, 0).as_micros(), 2_500);
        assert_eq!(delay(1, 4_999).as_micros(), 7_499);
        assert_eq!(delay(1, 5_000), delay(1, 0));
        assert_eq!(delay(2, 0), 2 * delay(1, 0));
        assert_eq!(delay(7, 0).as_millis(), 160);
        assert_eq!(delay(u32::MAX, u64::MAX - u64::MAX % 320_000).as_millis(), 160);
    }
}
