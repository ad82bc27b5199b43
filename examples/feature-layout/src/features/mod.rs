//! The features. Each is a module whose parts are private, and whose exports are all that others see.

pub mod content;
pub mod users;
