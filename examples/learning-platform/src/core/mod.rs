//! What every layer may use.

pub mod logging;
pub mod page;
pub mod security;
