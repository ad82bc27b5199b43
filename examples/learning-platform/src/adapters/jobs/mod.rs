//! Job queue, stored by [apalis](https://docs.rs/apalis) in the database of the application.
//!
//! Each job runs *at least* once. A fetched job runs again if its worker dies before it reports success, or if the
//! success cannot be stored. Jobs are therefore idempotent.

mod attempt;
mod store;
mod worker;

pub use self::{
    store::{JobStore, OpenError},
    worker::{EntryPoint, Worker},
};
