//! Resources of a request: they are closed in reverse order, before the response, with the outcome of the request.

pub(crate) mod body;
mod handle;
mod head;
pub(crate) mod transaction;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{BoxError, http::StatusCode};
use inject_runtime::{Inject, Outcome, Teardown, inject};

use crate::support::Log;

/// Resources that log when they are opened and closed, and that keep the resource that they need.
macro_rules! resources {
    ($($name:ident($($needed:ident: $needs:ident)?): $open:ident, $label:literal;)*) => {$(
        #[derive(Clone)]
        pub(crate) struct $name {
            log: Log,
            is_open: Arc<AtomicBool>,
            $($needed: $needs,)?
        }

        #[inject(teardown)]
        async fn $open($($needed: $needs,)? Inject(log): Inject<Log>) -> $name {
            log.add(concat!("open ", $label));
            $name { log, is_open: Arc::new(AtomicBool::new(true)), $($needed,)? }
        }

        impl Teardown for $name {
            type Error = Infallible;

            async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
                $(assert!(self.$needed.is_open.load(Ordering::SeqCst), "closed too early");)?
                // Other tasks run in between.
                tokio::task::yield_now().await;
                $(assert!(self.$needed.is_open.load(Ordering::SeqCst), "closed too early");)?
                self.is_open.store(false, Ordering::SeqCst);
                self.log.add(format!("close {}: {outcome:?}", $label));
                Ok(())
            }
        }
    )*};
}

resources! {
    A(): open_a, "a";
    B(a: A): open_b, "b";
    C(): open_c, "c";
    D(): open_d, "d";
}

const OPEN_ALL: [&str; 3] = ["open a", "open c", "open d"];

/// Returns the events of a request over `A`, `C` and `D` that ends with `outcome`.
fn closed_by(handler: &str, outcome: &str) -> Vec<String> {
    let mut events = OPEN_ALL.map(str::to_owned).to_vec();
    if !handler.is_empty() {
        events.push(handler.to_owned());
    }
    events.extend(["d", "c", "a"].map(|name| format!("close {name}: {outcome}")));
    events
}

/// Answer of a timeout layer.
async fn too_late(_: BoxError) -> StatusCode {
    StatusCode::GATEWAY_TIMEOUT
}
