//! Providers: what endpoints ask for by type, and what is made from the request.

mod page;

pub use self::page::{PageQuery, page};
