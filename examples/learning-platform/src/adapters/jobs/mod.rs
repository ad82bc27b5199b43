//! Jobs, kept by [apalis](https://docs.rs/apalis) in the database of the application.
//!
//! Each is done *at least* once. One that has been taken is done again if its worker dies before it says that it is done, and if that cannot be
//! written down; so jobs are such that doing them twice is as good as once.

mod attempt;
mod store;
mod worker;

pub use self::{
    store::{JobStore, OpenError},
    worker::{EntryPoint, Worker},
};
