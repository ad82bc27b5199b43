//! Types and functions that every layer may use.

pub mod causes;
pub mod logging;
pub mod page;
pub mod security;
pub mod signals;
