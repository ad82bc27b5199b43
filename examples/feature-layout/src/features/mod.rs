//! Features. Each feature is a module with private submodules. Other features can use its exports only.

pub mod content;
pub mod users;
