//! What lives until the end of the body cannot hold what ends before the head, also through a component, an alias, an
//! `Option` or a macro. A transaction ends before the head.

use std::convert::Infallible;

use inject_runtime::{Outcome, Teardown, inject, repository, tx::Tx};
use sqlx::Sqlite;

#[derive(Clone)]
pub struct Lock;

impl Teardown for Lock {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        Ok(())
    }
}

#[inject(teardown)]
pub fn lock() -> Lock {
    Lock
}

type Held = Lock;

#[repository(scope = request)]
pub struct Reports {
    _lock: Option<Held>,
}

macro_rules! resource {
    ($name:ident $function:ident $layer:ident $parameter:ty) => {
        #[derive(Clone)]
        pub struct $name;

        impl Teardown for $name {
            type Error = Infallible;

            async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
                Ok(())
            }
        }

        #[inject(teardown, until = body, layer = inject_runtime::layer::$layer)]
        pub fn $function(_parameter: $parameter) -> $name {
            $name
        }
    };
}

resource!(Direct direct Repository Held);
resource!(Through through Service Reports);
resource!(Written written Repository Tx<Sqlite>);

fn main() {}
